package org.postrider.smtp;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.postrider.smtp.PathParser.PathSyntaxException;
import org.postrider.smtp.SmtpCommand.Auth;
import org.postrider.smtp.SmtpCommand.Bdat;
import org.postrider.smtp.SmtpCommand.Data;
import org.postrider.smtp.SmtpCommand.Ehlo;
import org.postrider.smtp.SmtpCommand.Etrn;
import org.postrider.smtp.SmtpCommand.Expn;
import org.postrider.smtp.SmtpCommand.Helo;
import org.postrider.smtp.SmtpCommand.Help;
import org.postrider.smtp.SmtpCommand.Lhlo;
import org.postrider.smtp.SmtpCommand.Mail;
import org.postrider.smtp.SmtpCommand.Noop;
import org.postrider.smtp.SmtpCommand.Quit;
import org.postrider.smtp.SmtpCommand.Rcpt;
import org.postrider.smtp.SmtpCommand.Rset;
import org.postrider.smtp.SmtpCommand.StartTls;
import org.postrider.smtp.SmtpCommand.Unimplemented;
import org.postrider.smtp.SmtpCommand.Vrfy;

/**
 * Parses a command line. It sees no session: what a command means at the moment is the session's.
 * Lenient only where RFC 5321 asks for it (space at the end, §4.1.1) and in the space that many
 * clients put after {@code FROM:} and {@code TO:}.
 */
final class CommandParser {
  /** More of them than all extensions together define. */
  private static final int PARAMETERS_MAX = 20;

  private final String text;

  private CommandParser(String text) {
    this.text = text;
  }

  /**
   * @param line without its line end
   * @throws SmtpRefusal 500, 501; fatal where the octets of a BDAT can't be told from commands
   */
  static SmtpCommand parse(byte[] line) throws SmtpRefusal {
    String text = decode(line).stripTrailing();
    int space = text.indexOf(' ');
    String verb = (space < 0 ? text : text.substring(0, space)).toUpperCase(Locale.ROOT);
    String rest = space < 0 ? "" : text.substring(space + 1);
    return new CommandParser(rest).command(verb);
  }

  private SmtpCommand command(String verb) throws SmtpRefusal {
    return switch (verb) {
      case "HELO" -> new Helo(helo());
      case "EHLO" -> new Ehlo(helo());
      case "LHLO" -> new Lhlo(helo());
      case "MAIL" -> mail();
      case "RCPT" -> rcpt();
      case "DATA" -> bare(new Data());
      case "BDAT" -> bdat();
      case "RSET" -> bare(new Rset());
      case "VRFY" -> new Vrfy(string());
      case "EXPN" -> new Expn(string());
      case "HELP" -> new Help(text.strip());
      case "NOOP" -> new Noop(); // RFC 5321 §4.1.1.9: a string is ignored
      case "QUIT" -> bare(new Quit());
      case "STARTTLS" -> bare(new StartTls());
      case "AUTH" -> auth();
      case "ETRN" -> new Etrn(string());
      case "TURN", "SEND", "SOML", "SAML", "ATRN" -> new Unimplemented(verb);
      default -> throw new SmtpRefusal(Replies.UNKNOWN_COMMAND);
    };
  }

  /** ASCII or well-formed UTF-8 without control characters, as a string. */
  private static String decode(byte[] line) throws SmtpRefusal {
    boolean ascii = true;
    for (byte b : line) {
      if ((b >= 0 && b < 32) || b == 127) {
        throw new SmtpRefusal(Replies.BAD_CHARACTERS);
      }
      ascii &= b >= 0;
    }
    if (ascii) {
      return new String(line, StandardCharsets.ISO_8859_1);
    }
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(line)).toString();
    } catch (CharacterCodingException e) {
      throw new SmtpRefusal(Replies.BAD_CHARACTERS);
    }
  }

  private SmtpCommand bare(SmtpCommand command) throws SmtpRefusal {
    if (!text.isBlank()) {
      throw new SmtpRefusal(Replies.NO_ARGUMENTS);
    }
    return command;
  }

  private String string() throws SmtpRefusal {
    String string = text.strip();
    if (string.isEmpty()) {
      throw new SmtpRefusal(Replies.BAD_ARGUMENTS);
    }
    return string;
  }

  /**
   * A domain or address literal. Underscores pass, since many hosts have them in their names and
   * RFC 5321 §4.1.4 does not want mail refused for a bad name; what could break a trace field does
   * not pass.
   */
  private String helo() throws SmtpRefusal {
    String name = text.strip();
    if (name.isEmpty() || name.length() > PathParser.DOMAIN_MAX) {
      throw new SmtpRefusal(Replies.BAD_HELO);
    }
    if (name.startsWith("[")) {
      PathParser parser = new PathParser(name, 0);
      try {
        String literal = parser.addressLiteral();
        if (literal.length() == name.length()) {
          return literal;
        }
      } catch (PathSyntaxException e) {
        throw new SmtpRefusal(Replies.BAD_HELO);
      }
    } else if (name.chars().allMatch(CommandParser::isHostCharacter)) {
      return name;
    }
    throw new SmtpRefusal(Replies.BAD_HELO);
  }

  private static boolean isHostCharacter(int c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9')
        || c == '-'
        || c == '.'
        || c == '_';
  }

  private Mail mail() throws SmtpRefusal {
    PathParser path = new PathParser(text, afterKeyword("FROM:"));
    try {
      return new Mail(path.reversePath(), parameters(path.position()));
    } catch (PathSyntaxException e) {
      throw new SmtpRefusal(Replies.BAD_SENDER);
    }
  }

  private Rcpt rcpt() throws SmtpRefusal {
    PathParser path = new PathParser(text, afterKeyword("TO:"));
    try {
      return new Rcpt(path.forwardPath(), parameters(path.position()));
    } catch (PathSyntaxException e) {
      throw new SmtpRefusal(Replies.BAD_RECIPIENT);
    }
  }

  private int afterKeyword(String keyword) throws SmtpRefusal {
    if (!text.regionMatches(true, 0, keyword, 0, keyword.length())) {
      throw new SmtpRefusal(Replies.BAD_ARGUMENTS);
    }
    int position = keyword.length();
    while (position < text.length() && text.charAt(position) == ' ') {
      position++;
    }
    return position;
  }

  private List<MailParameter> parameters(int from) throws SmtpRefusal {
    if (from >= text.length()) {
      return List.of();
    }
    if (text.charAt(from) != ' ') {
      throw new SmtpRefusal(Replies.BAD_ARGUMENTS);
    }
    List<MailParameter> parameters = new ArrayList<>();
    for (String word : text.substring(from).strip().split(" +", -1)) {
      MailParameter parameter = parameter(word);
      if (parameters.stream().anyMatch(p -> p.keyword().equals(parameter.keyword()))) {
        throw new SmtpRefusal(Replies.DUPLICATE_PARAMETER);
      }
      parameters.add(parameter);
      if (parameters.size() > PARAMETERS_MAX) {
        throw new SmtpRefusal(Replies.BAD_ARGUMENTS);
      }
    }
    return List.copyOf(parameters);
  }

  /** {@code esmtp-keyword ["=" esmtp-value]}. */
  private static MailParameter parameter(String word) throws SmtpRefusal {
    int equals = word.indexOf('=');
    String keyword = equals < 0 ? word : word.substring(0, equals);
    String value = equals < 0 ? null : word.substring(equals + 1);
    boolean good =
        !keyword.isEmpty()
            && keyword.charAt(0) != '-'
            && keyword.chars().allMatch(c -> isHostCharacter(c) && c != '.' && c != '_')
            && (value == null || (!value.isEmpty() && value.indexOf('=') < 0));
    if (!good) {
      throw new SmtpRefusal(Replies.BAD_ARGUMENTS);
    }
    return new MailParameter(keyword.toUpperCase(Locale.ROOT), value);
  }

  /**
   * A BDAT that can't be read is followed by octets that nobody can count; taken for commands, they
   * would let the content of a message speak SMTP. So it ends the session.
   */
  private Bdat bdat() throws SmtpRefusal {
    String[] words = text.strip().split(" +", -1);
    boolean last = words.length == 2 && words[1].equalsIgnoreCase("LAST");
    boolean number =
        !words[0].isEmpty()
            && words[0].length() <= 18
            && words[0].chars().allMatch(c -> c >= '0' && c <= '9');
    if (!number || !(words.length == 1 || last)) {
      throw SmtpRefusal.fatal(Replies.BAD_ARGUMENTS);
    }
    return new Bdat(Long.parseLong(words[0]), last);
  }

  private Auth auth() throws SmtpRefusal {
    String[] words = text.strip().split(" +", -1);
    if (words[0].isEmpty() || words.length > 2) {
      throw new SmtpRefusal(Replies.BAD_ARGUMENTS);
    }
    return new Auth(words[0], words.length == 2 ? words[1] : null);
  }
}
