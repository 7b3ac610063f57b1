package org.postrider.smtp.relay;

/** Values of parameters in which {@code +XX} stands for an octet (RFC 3461 §4). */
public final class Xtext {
  private Xtext() {}

  /** Whether the value is xtext. */
  public static boolean isXtext(String value) {
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c == '+') {
        if (i + 2 >= value.length() || octet(value.charAt(i + 1), value.charAt(i + 2)) < 0) {
          return false;
        }
        i += 2;
      } else if (c < '!' || c > '~' || c == '=') {
        return false;
      }
    }
    return true;
  }

  /** Whether the value is xtext for printable ASCII, as it may go into a report. */
  public static boolean isPrintable(String value) {
    return isXtext(value) && decode(value).length() == value.length() - 2 * plusses(value);
  }

  private static long plusses(String value) {
    return value.chars().filter(c -> c == '+').count();
  }

  /** What the value stands for; what is no xtext, and what is no printable ASCII, stays encoded. */
  static String decode(String value) {
    StringBuilder text = new StringBuilder(value.length());
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c == '+' && i + 2 < value.length()) {
        int octet = octet(value.charAt(i + 1), value.charAt(i + 2));
        if (octet >= 0x20 && octet < 0x7f) {
          text.append((char) octet);
          i += 2;
          continue;
        }
      }
      text.append(c);
    }
    return text.toString();
  }

  /** The value that stands for printable ASCII. */
  static String encode(String text) {
    StringBuilder value = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c > ' ' && c < 0x7f && c != '+' && c != '=') {
        value.append(c);
      } else {
        value.append(String.format("+%02X", (int) c));
      }
    }
    return value.toString();
  }

  /** RFC 3461 §4 has capitals only. */
  private static int octet(char high, char low) {
    int h = "0123456789ABCDEF".indexOf(high);
    int l = "0123456789ABCDEF".indexOf(low);
    return h < 0 || l < 0 ? -1 : h * 16 + l;
  }
}
