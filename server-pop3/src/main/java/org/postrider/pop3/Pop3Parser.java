package org.postrider.pop3;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Supplier;

/**
 * Parses a command line. Keywords are in any case; arguments are UTF-8 (RFC 6856 §2.2), and that of
 * PASS is all that follows the first space (RFC 1939 §7). A line that ends with a bare LF is taken
 * like one with CRLF: no reply depends on where a POP3 line ends.
 */
final class Pop3Parser {
  private Pop3Parser() {}

  static Pop3Command parse(byte[] line) {
    String text;
    try {
      text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(line)).toString();
    } catch (CharacterCodingException e) {
      return new Pop3Command.Malformed("the line is not UTF-8");
    }
    if (text.indexOf('\0') >= 0 || text.indexOf('\r') >= 0) {
      return new Pop3Command.Malformed("NUL or CR within the line");
    }
    int space = text.indexOf(' ');
    String keyword = (space < 0 ? text : text.substring(0, space)).toUpperCase(Locale.ROOT);
    String rest = space < 0 ? "" : text.substring(space + 1);
    return keyword.equals("PASS")
        ? rest.isEmpty() ? usage("PASS password") : new Pop3Command.Pass(rest)
        : command(keyword, rest.strip());
  }

  private static Pop3Command command(String keyword, String rest) {
    return switch (keyword) {
      case "USER" -> rest.isEmpty() ? usage("USER name") : new Pop3Command.User(rest);
      case "APOP" -> new Pop3Command.Apop();
      case "AUTH" -> auth(rest);
      case "STLS" -> plain(keyword, rest, Pop3Command.Stls::new);
      case "CAPA" -> plain(keyword, rest, Pop3Command.Capa::new);
      case "UTF8" -> plain(keyword, rest, Pop3Command.Utf8::new);
      case "STAT" -> plain(keyword, rest, Pop3Command.Stat::new);
      case "NOOP" -> plain(keyword, rest, Pop3Command.Noop::new);
      case "RSET" -> plain(keyword, rest, Pop3Command.Rset::new);
      case "QUIT" -> plain(keyword, rest, Pop3Command.Quit::new);
      case "LANG" ->
          rest.indexOf(' ') >= 0
              ? usage("LANG [tag]")
              : new Pop3Command.Lang(rest.isEmpty() ? Optional.empty() : Optional.of(rest));
      case "LIST", "UIDL" -> listing(keyword, rest);
      case "RETR" -> {
        int message = number(rest);
        yield message < 0 ? usage("RETR message") : new Pop3Command.Retr(message);
      }
      case "DELE" -> {
        int message = number(rest);
        yield message < 0 ? usage("DELE message") : new Pop3Command.Dele(message);
      }
      case "TOP" -> top(rest);
      default -> new Pop3Command.Unknown();
    };
  }

  private static Pop3Command plain(String keyword, String rest, Supplier<Pop3Command> command) {
    return rest.isEmpty() ? command.get() : usage(keyword + ", without arguments");
  }

  private static Pop3Command listing(String keyword, String rest) {
    int message = number(rest);
    if (!rest.isEmpty() && message < 0) {
      return usage(keyword + " [message]");
    }
    OptionalInt one = rest.isEmpty() ? OptionalInt.empty() : OptionalInt.of(message);
    return keyword.equals("LIST") ? new Pop3Command.List(one) : new Pop3Command.Uidl(one);
  }

  private static Pop3Command top(String rest) {
    String[] arguments = rest.split(" +", -1);
    int message = arguments.length == 2 ? number(arguments[0]) : -1;
    int lines = arguments.length == 2 ? number(arguments[1]) : -1;
    return message < 0 || lines < 0
        ? usage("TOP message lines")
        : new Pop3Command.Top(message, lines);
  }

  private static Pop3Command auth(String rest) {
    String[] arguments = rest.split(" +", -1);
    if (rest.isEmpty() || arguments.length > 2) {
      return usage("AUTH mechanism [initial-response]; CAPA lists the mechanisms");
    }
    return new Pop3Command.Auth(
        arguments[0], arguments.length == 2 ? Optional.of(arguments[1]) : Optional.empty());
  }

  /** A decimal number, one too large for any maildrop as the greatest; -1 when it is not one. */
  private static int number(String text) {
    if (text.isEmpty() || text.length() > 40) {
      return -1;
    }
    long value = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < '0' || c > '9') {
        return -1;
      }
      value = Math.min(Integer.MAX_VALUE, value * 10 + (c - '0'));
    }
    return (int) value;
  }

  private static Pop3Command usage(String form) {
    return new Pop3Command.Malformed("the command is " + form);
  }
}
