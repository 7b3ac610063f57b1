package org.postrider.testkit;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The text of a transcript's line with its placeholders: what a server line must match, or what a
 * client line expands to. One character is one octet.
 *
 * @param line its line in the file
 */
record LinePattern(String text, int line) {

  /**
   * Matches a received line.
   *
   * @return the variables with those that were bound, or null when the line is another one
   */
  @Nullable Map<String, String> match(String received, Map<String, String> variables) {
    StringBuilder regex = new StringBuilder();
    List<String> names = new ArrayList<>();
    pieces(
        text,
        literal -> regex.append(Pattern.quote(literal)),
        placeholder -> regex.append(regexOf(placeholder, variables, names)));
    Matcher matcher = Pattern.compile(regex.toString(), Pattern.DOTALL).matcher(received);
    if (!matcher.matches()) {
      return null;
    }
    Map<String, String> bound = new HashMap<>(variables);
    for (int i = 0; i < names.size(); i++) {
      bound.put(names.get(i), matcher.group("v" + i));
    }
    return bound;
  }

  private static String regexOf(
      String placeholder, Map<String, String> variables, List<String> names) {
    if (placeholder.equals("*")) {
      return ".*?";
    }
    String computed = compute(placeholder, variables);
    if (computed != null) {
      return Pattern.quote(computed);
    }
    int colon = placeholder.indexOf(':');
    String name = colon < 0 ? placeholder : placeholder.substring(0, colon);
    if (names.contains(name)) {
      return "\\k<v" + names.indexOf(name) + ">";
    }
    names.add(name);
    String regex = colon < 0 ? ".+?" : placeholder.substring(colon + 1);
    return "(?<v" + (names.size() - 1) + ">" + regex + ")";
  }

  /** The octets that a client line stands for, with CRLF unless it ends in a backslash. */
  static String expandLine(String text, Map<String, String> variables) {
    int backslashes = 0;
    while (backslashes < text.length() && text.charAt(text.length() - 1 - backslashes) == '\\') {
      backslashes++;
    }
    return backslashes % 2 == 1
        ? expand(text.substring(0, text.length() - 1), variables)
        : expand(text, variables) + "\r\n";
  }

  private static String expand(String text, Map<String, String> variables) {
    StringBuilder out = new StringBuilder();
    pieces(
        text,
        literal -> unescape(literal, out),
        placeholder -> {
          String value = compute(placeholder, variables);
          if (value == null) {
            throw new IllegalArgumentException("${" + placeholder + "} is not bound");
          }
          out.append(value);
        });
    return out.toString();
  }

  private static @Nullable String compute(String placeholder, Map<String, String> variables) {
    int colon = placeholder.indexOf(':');
    String name = colon < 0 ? placeholder : placeholder.substring(0, colon);
    String argument = placeholder.substring(colon + 1);
    if (colon >= 0 && name.equals("base64")) {
      byte[] octets = expand(argument, variables).getBytes(StandardCharsets.ISO_8859_1);
      return Base64.getEncoder().encodeToString(octets);
    }
    if (colon >= 0 && name.equals("repeat")) {
      int count = argument.lastIndexOf(':');
      return expand(argument.substring(0, count), variables)
          .repeat(Integer.parseInt(argument.substring(count + 1)));
    }
    return variables.get(name);
  }

  /** Splits at <code>${...}</code>; braces within may nest. */
  private static void pieces(String text, Consumer<String> literal, Consumer<String> placeholder) {
    int from = 0;
    for (int start; (start = text.indexOf("${", from)) >= 0; ) {
      literal.accept(text.substring(from, start));
      int end = start + 2;
      for (int depth = 1; ; end++) {
        if (end >= text.length()) {
          throw new IllegalArgumentException("${ without }: " + text);
        }
        char c = text.charAt(end);
        if (c == '\\') {
          end++;
        } else if (c == '{') {
          depth++;
        } else if (c == '}' && --depth == 0) {
          break;
        }
      }
      placeholder.accept(text.substring(start + 2, end));
      from = end + 1;
    }
    literal.accept(text.substring(from));
  }

  private static void unescape(String text, StringBuilder out) {
    int at = 0;
    while (at < text.length()) {
      char c = text.charAt(at++);
      char next = c == '\\' && at < text.length() ? text.charAt(at) : '\uffff';
      at++;
      switch (next) {
        case 'r' -> out.append('\r');
        case 'n' -> out.append('\n');
        case 't' -> out.append('\t');
        case '0' -> out.append('\0');
        case '\\' -> out.append('\\');
        case 'x' -> {
          out.append((char) Integer.parseInt(text.substring(at, at + 2), 16));
          at += 2;
        }
        default -> {
          // Not an escape: IMAP's \Seen stands for itself.
          out.append(c);
          at--;
        }
      }
    }
  }
}
