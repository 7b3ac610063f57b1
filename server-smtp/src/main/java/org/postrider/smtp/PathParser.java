package org.postrider.smtp;

import java.net.Inet6Address;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * The path grammar of RFC 5321 §4.1.2 and §4.1.3 with the additions of RFC 6531 §3.3, over one line
 * of text. It reads the grammar in full and nothing beyond it, except that domains may not be empty
 * and source routes are left out of the value. Whether UTF-8 may be used is not known before the
 * parameters are; the SMTPUTF8 extension checks it.
 */
final class PathParser {
  /** RFC 5321 §4.5.3.1.1, octets. */
  static final int LOCAL_PART_MAX = 64;

  /** RFC 5321 §4.5.3.1.2, octets. */
  static final int DOMAIN_MAX = 255;

  /** RFC 5321 §4.5.3.1.3, octets with the punctuation. */
  static final int PATH_MAX = 256;

  private static final int LABEL_MAX = 63;

  private final String text;
  private int position;

  PathParser(String text, int position) {
    this.text = text;
    this.position = position;
  }

  /** Where the path ended. */
  int position() {
    return position;
  }

  /** The grammar is broken. */
  static final class PathSyntaxException extends Exception {
    private static final long serialVersionUID = 1L;

    PathSyntaxException(String message) {
      super(message, null, false, false);
    }
  }

  ReversePath reversePath() throws PathSyntaxException {
    if (text.startsWith("<>", position)) {
      position += 2;
      return new ReversePath.Null();
    }
    return new ReversePath.Sender(path());
  }

  ForwardPath forwardPath() throws PathSyntaxException {
    String postmaster = "<postmaster>";
    if (text.regionMatches(true, position, postmaster, 0, postmaster.length())) {
      position += postmaster.length();
      return new ForwardPath.Postmaster();
    }
    return new ForwardPath.Recipient(path());
  }

  /** {@code "<" [ A-d-l ":" ] Mailbox ">"}. */
  private MailAddress path() throws PathSyntaxException {
    int start = position;
    expect('<');
    if (peek() == '@') {
      sourceRoute();
    }
    MailAddress address = mailbox();
    expect('>');
    limit(text.substring(start, position), PATH_MAX);
    return address;
  }

  /** Taken and forgotten (RFC 5321 §4.1.1.3, appendix C). */
  private void sourceRoute() throws PathSyntaxException {
    while (true) {
      expect('@');
      domain();
      if (peek() != ',') {
        break;
      }
      position++;
    }
    expect(':');
  }

  /** {@code Mailbox}, without brackets around it. */
  MailAddress mailbox() throws PathSyntaxException {
    String localPart = localPart();
    expect('@');
    return new MailAddress(localPart, peek() == '[' ? addressLiteral() : domain());
  }

  private String localPart() throws PathSyntaxException {
    int start = position;
    String value = peek() == '"' ? quotedString() : dotString();
    limit(text.substring(start, position), LOCAL_PART_MAX);
    return value;
  }

  /** A local part alone, as VRFY may give it. */
  String userName() throws PathSyntaxException {
    return localPart();
  }

  private String dotString() throws PathSyntaxException {
    int start = position;
    while (true) {
      int atom = position;
      while (position < text.length() && MailAddress.isAtext(text.charAt(position))) {
        position++;
      }
      if (position == atom) {
        throw new PathSyntaxException("empty atom");
      }
      if (peek() != '.') {
        return text.substring(start, position);
      }
      position++;
    }
  }

  private String quotedString() throws PathSyntaxException {
    StringBuilder value = new StringBuilder();
    expect('"');
    while (true) {
      int c = next();
      if (c == '"') {
        return value.toString();
      }
      if (c == '\\') {
        c = next();
        if (c > 126) {
          throw new PathSyntaxException("quoted pair");
        }
      }
      // qtextSMTP and quoted-pairSMTP alike are %d32-126, here with UTF-8 (RFC 6531 §3.3)
      if (c < 32 || c == 127) {
        throw new PathSyntaxException("control character");
      }
      value.append((char) c);
    }
  }

  /** A domain; labels of letters, digits and inner hyphens, or U-labels. */
  String domain() throws PathSyntaxException {
    int start = position;
    while (true) {
      label();
      if (peek() != '.') {
        break;
      }
      position++;
    }
    return limit(text.substring(start, position), DOMAIN_MAX);
  }

  private void label() throws PathSyntaxException {
    int start = position;
    while (position < text.length()) {
      int c = text.codePointAt(position);
      if (!isLetterOrDigit(c) && c != '-') {
        break;
      }
      position += Character.charCount(c);
    }
    if (position == start || text.charAt(start) == '-' || text.charAt(position - 1) == '-') {
      throw new PathSyntaxException("label");
    }
    limit(text.substring(start, position), LABEL_MAX);
  }

  private static boolean isLetterOrDigit(int c) {
    if (c < 128) {
      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    }
    return switch (Character.getType(c)) {
      case Character.NON_SPACING_MARK, Character.COMBINING_SPACING_MARK -> true;
      default -> Character.isLetterOrDigit(c) || c == 0xB7 || c == 0x200C || c == 0x200D;
    };
  }

  /** {@code "[" ( IPv4 / IPv6 / General ) "]"} (RFC 5321 §4.1.3). */
  String addressLiteral() throws PathSyntaxException {
    int start = position;
    expect('[');
    int end = text.indexOf(']', position);
    if (end < 0) {
      throw new PathSyntaxException("unclosed literal");
    }
    String inner = text.substring(position, end);
    int colon = inner.indexOf(':');
    if (colon < 0 ? !isIpv4(inner) : !isTagged(inner.substring(0, colon), inner, colon + 1)) {
      throw new PathSyntaxException("address literal");
    }
    position = end + 1;
    return limit(text.substring(start, position), DOMAIN_MAX);
  }

  private static boolean isTagged(String tag, String inner, int from) {
    String rest = inner.substring(from);
    if (tag.toUpperCase(Locale.ROOT).equals("IPV6")) {
      return isIpv6(rest);
    }
    return !tag.isEmpty()
        && tag.chars().allMatch(c -> c < 128 && (isLetterOrDigit(c) || c == '-'))
        && isLetterOrDigit(tag.charAt(tag.length() - 1))
        && !rest.isEmpty()
        && rest.chars().allMatch(c -> c > 32 && c < 127 && c != '[' && c != '\\');
  }

  private static boolean isIpv4(String text) {
    String[] numbers = text.split("\\.", -1);
    if (numbers.length != 4) {
      return false;
    }
    for (String number : numbers) {
      if (number.isEmpty()
          || number.length() > 3
          || !number.chars().allMatch(c -> c >= '0' && c <= '9')
          || Integer.parseInt(number) > 255) {
        return false;
      }
    }
    return true;
  }

  private static boolean isIpv6(String text) {
    if (text.length() > 45 || !text.chars().allMatch(c -> isHex(c) || c == ':' || c == '.')) {
      return false;
    }
    try {
      Inet6Address.ofLiteral(text);
      return true;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private static boolean isHex(int c) {
    return c < 128 && Character.digit(c, 16) >= 0;
  }

  private static String limit(String value, int octets) throws PathSyntaxException {
    if (value.length() > octets || value.getBytes(StandardCharsets.UTF_8).length > octets) {
      throw new PathSyntaxException("too long");
    }
    return value;
  }

  private int peek() {
    return position < text.length() ? text.charAt(position) : -1;
  }

  private int next() throws PathSyntaxException {
    if (position >= text.length()) {
      throw new PathSyntaxException("unexpected end");
    }
    return text.charAt(position++);
  }

  private void expect(char c) throws PathSyntaxException {
    if (next() != c) {
      throw new PathSyntaxException("expected " + c);
    }
  }
}
