package org.postrider.smtp.relay;

/**
 * Addresses of the type {@code utf-8} in reports and in ORCPT (RFC 6533 §3), where {@code \x{HEX}}
 * stands for a character.
 */
public final class Utf8Address {
  private Utf8Address() {}

  /** Whether the text is {@code utf-8-addr-xtext} or {@code utf-8-addr-unitext}. */
  public static boolean isEncoded(String text) {
    int i = 0;
    while (i < text.length()) {
      char c = text.charAt(i);
      if (c == '\\') {
        int end = end(text, i);
        if (end < 0) {
          return false;
        }
        i = end;
      } else if (c <= ' ' || c == '+' || c == '=' || c == 0x7f) {
        return false;
      } else {
        i++;
      }
    }
    return !text.isEmpty();
  }

  /** Where the embedded character that begins there ends, or -1 when it is none. */
  private static int end(String text, int start) {
    if (!text.startsWith("\\x{", start)) {
      return -1;
    }
    int close = text.indexOf('}', start);
    int digits = close - start - 3;
    if (digits < 2 || digits > 6) {
      return -1;
    }
    for (int i = start + 3; i < close; i++) {
      char c = text.charAt(i);
      if (!(c >= '0' && c <= '9') && !(c >= 'A' && c <= 'F')) {
        return -1;
      }
    }
    int point = Integer.parseInt(text, start + 3, close, 16);
    boolean character = point >= ' ' && point != 0x7f && point <= Character.MAX_CODE_POINT;
    return character && (point < 0xd800 || point > 0xdfff) ? close + 1 : -1;
  }

  /** The address itself. */
  public static String decode(String text) {
    StringBuilder address = new StringBuilder(text.length());
    int i = 0;
    while (i < text.length()) {
      int end = text.charAt(i) == '\\' ? end(text, i) : -1;
      if (end < 0) {
        address.append(text.charAt(i++));
      } else {
        address.appendCodePoint(Integer.parseInt(text, i + 3, end - 1, 16));
        i = end;
      }
    }
    return address.toString();
  }

  /** The address in ASCII. */
  public static String encode(String address) {
    StringBuilder text = new StringBuilder(address.length());
    address
        .codePoints()
        .forEach(c -> {
          if (c > ' ' && c < 0x7f && c != '+' && c != '=' && c != '\\') {
            text.append((char) c);
          } else {
            text.append(String.format("\\x{%02X}", c));
          }
        });
    return text.toString();
  }
}
