package org.postrider.message;

import java.io.ByteArrayOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * Decodes RFC 2047 encoded words wherever they stand. Lenient: spaces and question marks inside a
 * word, words that are too long or not set apart by spaces, and characters cut in two between words
 * of the same charset are accepted; what is no encoded word stays as it is.
 */
final class EncodedWords {
  private final String value;
  private final StringBuilder text;

  /** Octets of words that are not yet decoded, because the next word may continue a character. */
  private final ByteArrayOutputStream octets = new ByteArrayOutputStream();

  private @Nullable String charset;

  private EncodedWords(String value) {
    this.value = value;
    this.text = new StringBuilder(value.length());
  }

  static String decode(String value) {
    return value.contains("=?") ? new EncodedWords(value).decode() : value;
  }

  private String decode() {
    int plainFrom = 0;
    int at = value.indexOf("=?");
    while (at >= 0) {
      int end = decodeWord(plainFrom, at);
      if (end > 0) {
        plainFrom = end;
        at = value.indexOf("=?", end);
      } else {
        at = value.indexOf("=?", at + 2);
      }
    }
    flush();
    return text.append(value, plainFrom, value.length()).toString();
  }

  /** Decodes the word that starts at {@code at}; its end, or 0 when there is none. */
  private int decodeWord(int plainFrom, int at) {
    int charsetEnd = at + 2;
    while (charsetEnd < value.length() && isTokenChar(value.charAt(charsetEnd))) {
      charsetEnd++;
    }
    if (charsetEnd + 2 >= value.length()
        || charsetEnd == at + 2
        || value.charAt(charsetEnd) != '?'
        || value.charAt(charsetEnd + 2) != '?') {
      return 0;
    }
    char encoding = value.charAt(charsetEnd + 1);
    boolean base64 = encoding == 'B' || encoding == 'b';
    if (!base64 && encoding != 'Q' && encoding != 'q') {
      return 0;
    }
    int textEnd = textEnd(charsetEnd + 3);
    if (textEnd < 0) {
      return 0;
    }
    String name = value.substring(at + 2, charsetEnd);
    int language = name.indexOf('*'); // RFC 2231 §5
    if (language >= 0) {
      name = name.substring(0, language);
    }
    boolean adjacent = charset != null && value.substring(plainFrom, at).isBlank();
    if (!adjacent || !name.equalsIgnoreCase(charset)) {
      flush();
    }
    if (!adjacent) {
      text.append(value, plainFrom, at);
    }
    charset = name;
    if (base64) {
      base64(charsetEnd + 3, textEnd);
    } else {
      quoted(charsetEnd + 3, textEnd);
    }
    return textEnd + 2;
  }

  /** Where {@code ?=} is; -1 when another word starts first, so that the search stays linear. */
  private int textEnd(int from) {
    for (int i = from; i + 1 < value.length(); i++) {
      char c = value.charAt(i);
      char next = value.charAt(i + 1);
      if (c == '?' && next == '=') {
        return i;
      }
      if (c == '=' && next == '?' && (i + 2 >= value.length() || value.charAt(i + 2) != '=')) {
        return -1;
      }
    }
    return -1;
  }

  private void base64(int from, int to) {
    int bits = 0;
    int count = 0;
    for (int i = from; i < to; i++) {
      int digit = base64Digit(value.charAt(i));
      if (digit < 0) {
        continue;
      }
      bits = bits << 6 | digit;
      if (++count == 4) {
        octets.write(bits >> 16);
        octets.write(bits >> 8);
        octets.write(bits);
        count = 0;
        bits = 0;
      }
    }
    if (count >= 2) {
      octets.write(bits >> (count == 2 ? 4 : 10));
    }
    if (count == 3) {
      octets.write(bits >> 2);
    }
  }

  private void quoted(int from, int to) {
    for (int i = from; i < to; i++) {
      char c = value.charAt(i);
      if (c == '_') {
        octets.write(' ');
      } else if (c == '='
          && i + 2 < to
          && hexDigit(value.charAt(i + 1)) >= 0
          && hexDigit(value.charAt(i + 2)) >= 0) {
        octets.write(hexDigit(value.charAt(i + 1)) << 4 | hexDigit(value.charAt(i + 2)));
        i += 2;
      } else if (c < 128) {
        octets.write(c);
      } else { // not allowed; what is decoded so far ends here
        String name = charset;
        flush();
        charset = name;
        text.append(c);
      }
    }
  }

  private void flush() {
    if (charset != null) {
      text.append(TextDecoder.decode(octets.toByteArray(), charset));
      octets.reset();
      charset = null;
    }
  }

  static int hexDigit(char c) {
    return c < 128 ? Character.digit(c, 16) : -1;
  }

  private static int base64Digit(char c) {
    if (c >= 'A' && c <= 'Z') {
      return c - 'A';
    }
    if (c >= 'a' && c <= 'z') {
      return c - 'a' + 26;
    }
    if (c >= '0' && c <= '9') {
      return c - '0' + 52;
    }
    return c == '+' ? 62 : c == '/' ? 63 : -1;
  }

  private static boolean isTokenChar(char c) {
    return c > ' ' && c < 127 && c != '?' && c != '=';
  }
}
