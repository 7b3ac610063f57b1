package org.postrider.message;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.postrider.message.MimePart.Parameter;

/**
 * A field value with parameters, one character per octet. The continuations of RFC 2231 §3 are
 * joined; a parameter with charset (§4) keeps its asterisk and its percent signs, which is the form
 * that BODYSTRUCTURE wants (§6 there).
 */
record RawParameters(String value, List<Parameter> parameters) {

  /** A piece of a value that is spread over several parameters. */
  private record Segment(int index, boolean extended, String value) {}

  static RawParameters parse(String raw, int parametersMax) {
    return new Parser(raw, parametersMax).parse();
  }

  /** The value of a parameter without charset, whose name is given in lower case. */
  String first(String name) {
    for (Parameter parameter : parameters) {
      if (parameter.name().equalsIgnoreCase(name)) {
        return parameter.value();
      }
    }
    return "";
  }

  /** The parameters as text, with names in lower case. A value with charset hides a plain one. */
  List<Parameter> decoded() {
    Map<String, Parameter> decoded = LinkedHashMap.newLinkedHashMap(parameters.size());
    for (Parameter parameter : parameters) {
      String name = FieldCursor.lowerCase(parameter.name());
      if (name.endsWith("*")) {
        String base = name.substring(0, name.length() - 1);
        decoded.put(base, new Parameter(base, decodeExtended(parameter.value())));
      } else {
        decoded.putIfAbsent(name, new Parameter(name, FieldCursor.text(parameter.value())));
      }
    }
    return List.copyOf(decoded.values());
  }

  private static String decodeExtended(String value) {
    int charsetEnd = value.indexOf('\'');
    int languageEnd = charsetEnd < 0 ? -1 : value.indexOf('\'', charsetEnd + 1);
    String charset = languageEnd < 0 ? "" : value.substring(0, charsetEnd);
    ByteArrayOutputStream octets = new ByteArrayOutputStream(value.length());
    for (int i = languageEnd + 1; i < value.length(); i++) {
      char c = value.charAt(i);
      int high = c == '%' && i + 2 < value.length() ? hex(value, i + 1) : -1;
      int low = high < 0 ? -1 : hex(value, i + 2);
      if (low >= 0) {
        octets.write(high << 4 | low);
        i += 2;
      } else {
        octets.write(c);
      }
    }
    return TextDecoder.decode(octets.toByteArray(), charset);
  }

  private static int hex(String value, int at) {
    return EncodedWords.hexDigit(value.charAt(at));
  }

  private static String percentEncoded(String value) {
    StringBuilder encoded = new StringBuilder(value.length());
    for (byte b : value.getBytes(ISO_8859_1)) {
      if (b == '%' || b <= ' ' || b == '\'' || b == '"') {
        encoded.append('%').append(Character.forDigit(b >> 4 & 15, 16));
        encoded.append(Character.forDigit(b & 15, 16));
      } else {
        encoded.append((char) b);
      }
    }
    return encoded.toString();
  }

  private static Parameter join(String name, List<Segment> segments) {
    segments.sort(Comparator.comparingInt(Segment::index));
    boolean extended = segments.stream().anyMatch(Segment::extended);
    StringBuilder value = new StringBuilder();
    if (extended && !segments.getFirst().extended()) {
      value.append("''");
    }
    for (Segment segment : segments) {
      value.append(
          extended && !segment.extended() ? percentEncoded(segment.value()) : segment.value());
    }
    return new Parameter(extended ? name + '*' : name, value.toString());
  }

  /** Reads leniently: quotes, semicolons and values may be missing, comments may stand anywhere. */
  private static final class Parser {
    private final String raw;
    private final int parametersMax;
    private final List<Parameter> parameters = new ArrayList<>(4);
    private final Map<String, List<Segment>> segments = new LinkedHashMap<>();
    private int at;

    Parser(String raw, int parametersMax) {
      this.raw = raw;
      this.parametersMax = parametersMax;
    }

    RawParameters parse() {
      skipSpaceAndComments();
      int from = at;
      while (at < raw.length() && raw.charAt(at) != ';' && raw.charAt(at) != '(') {
        at++;
      }
      String value = raw.substring(from, at).strip();
      int count = 0;
      while (at < raw.length() && count < parametersMax) {
        skipSpaceAndComments();
        if (at < raw.length() && raw.charAt(at) == ';') {
          at++;
        } else if (at < raw.length() && parameter()) {
          count++;
        }
      }
      segments.forEach((name, list) -> parameters.add(join(name, list)));
      return new RawParameters(value, parameters);
    }

    private boolean parameter() {
      int from = at;
      while (at < raw.length() && raw.charAt(at) != '=' && raw.charAt(at) != ';') {
        at++;
      }
      if (at >= raw.length() || raw.charAt(at) == ';') {
        return false; // a name without a value
      }
      String name = raw.substring(from, at).strip();
      at++;
      skipSpaceAndComments();
      boolean quoted = at < raw.length() && raw.charAt(at) == '"';
      String value = quoted ? quotedString() : token();
      if (name.isEmpty()) {
        return false;
      }
      add(name, value);
      return true;
    }

    private void add(String name, String value) {
      int star = name.indexOf('*');
      boolean extended = star > 0 && name.endsWith("*");
      if (star <= 0 || star == name.length() - 1) {
        parameters.add(new Parameter(name, value));
        return;
      }
      String digits = name.substring(star + 1, extended ? name.length() - 1 : name.length());
      int index = index(digits);
      if (index < 0) {
        parameters.add(new Parameter(name, value));
      } else {
        segments
            .computeIfAbsent(name.substring(0, star), key -> new ArrayList<>(2))
            .add(new Segment(index, extended, value));
      }
    }

    private static int index(String digits) {
      if (digits.isEmpty() || digits.length() > 4) {
        return -1;
      }
      int index = 0;
      for (int i = 0; i < digits.length(); i++) {
        char c = digits.charAt(i);
        if (c < '0' || c > '9') {
          return -1;
        }
        index = index * 10 + c - '0';
      }
      return index;
    }

    private String quotedString() {
      StringBuilder value = new StringBuilder();
      at++;
      while (at < raw.length() && raw.charAt(at) != '"') {
        if (raw.charAt(at) == '\\' && at + 1 < raw.length()) {
          at++;
        }
        value.append(raw.charAt(at++));
      }
      at++;
      return value.toString();
    }

    /** A value without quotes: up to the semicolon, spaces included, but no comment at its end. */
    private String token() {
      int from = at;
      while (at < raw.length() && raw.charAt(at) != ';') {
        at++;
      }
      String value = raw.substring(from, at).strip();
      int comment = value.endsWith(")") ? value.indexOf('(') : -1;
      return comment < 0 ? value : value.substring(0, comment).strip();
    }

    private void skipSpaceAndComments() {
      int depth = 0;
      while (at < raw.length()) {
        char c = raw.charAt(at);
        if (c == '(') {
          depth++;
        } else if (c == ')' && depth > 0) {
          depth--;
        } else if (c == '\\' && depth > 0) {
          at++;
        } else if (depth == 0 && c != ' ' && c != '\t') {
          return;
        }
        at++;
      }
    }
  }
}
