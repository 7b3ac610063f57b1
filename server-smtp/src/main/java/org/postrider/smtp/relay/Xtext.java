package org.postrider.smtp.relay;

/** Values of DSN parameters, in which {@code +XX} stands for an octet (RFC 3461 §4). */
final class Xtext {
  private Xtext() {}

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

  private static int octet(char high, char low) {
    int h = Character.digit(high, 16);
    int l = Character.digit(low, 16);
    return h < 0 || l < 0 ? -1 : h * 16 + l;
  }
}
