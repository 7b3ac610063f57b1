package org.postrider.message;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.Locale;

/**
 * Walks over the fields of a header in place. Values come out in two forms: <i>raw</i> is unfolded
 * and has one character per octet, <i>text</i> is what {@link HeaderField#value} promises.
 */
final class FieldCursor {
  private final byte[] bytes;
  private final int limit;
  private int start;
  private int nameEnd;
  private int valueStart;
  private int end;

  FieldCursor(byte[] bytes, int length) {
    this.bytes = bytes;
    this.limit = length;
  }

  /** Goes to the next field; false at the empty line or at the end. */
  boolean next() {
    if (end >= limit || isLineEnd(bytes[end])) {
      return false;
    }
    start = end;
    int colon = start;
    while (colon < limit && isNameOctet(bytes[colon])) {
      colon++;
    }
    nameEnd = colon;
    while (colon < limit && isBlank(bytes[colon])) { // RFC 5322 §4.5: obs-optional and the like
      colon++;
    }
    boolean named = nameEnd > start && colon < limit && bytes[colon] == ':';
    valueStart = named ? colon + 1 : start;
    if (!named) {
      nameEnd = start;
    }
    end = fieldEnd(valueStart);
    return true;
  }

  private int fieldEnd(int from) {
    int i = from;
    do {
      while (i < limit && !isLineEnd(bytes[i])) {
        i++;
      }
      if (i < limit) {
        i += bytes[i] == '\r' && i + 1 < limit && bytes[i + 1] == '\n' ? 2 : 1;
      }
    } while (i < limit && isBlank(bytes[i]));
    return i;
  }

  int start() {
    return start;
  }

  int end() {
    return end;
  }

  int nameLength() {
    return nameEnd - start;
  }

  String name() {
    return new String(bytes, start, nameEnd - start, ISO_8859_1);
  }

  /** Whether the name is that one, which is given in lower case. */
  boolean is(String lowerCase) {
    return nameEnd - start == lowerCase.length() && startsWith(lowerCase);
  }

  /** Whether the name, which is not shorter, begins with that, which is given in lower case. */
  boolean startsWith(String lowerCase) {
    for (int i = 0; i < lowerCase.length(); i++) {
      int c = bytes[start + i];
      if (c >= 'A' && c <= 'Z') {
        c += 'a' - 'A';
      }
      if (c != lowerCase.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  /** The unfolded value, one character per octet. */
  String raw() {
    int from = valueStart;
    int to = end;
    while (to > from && (isBlank(bytes[to - 1]) || isLineEnd(bytes[to - 1]))) {
      to--;
    }
    while (from < to && (isBlank(bytes[from]) || isLineEnd(bytes[from]))) {
      from++;
    }
    for (int i = from; i < to; i++) {
      if (isLineEnd(bytes[i])) {
        return unfolded(from, to, i);
      }
    }
    return new String(bytes, from, to - from, ISO_8859_1);
  }

  private String unfolded(int from, int to, int firstLineEnd) {
    byte[] value = new byte[to - from];
    int length = firstLineEnd - from;
    System.arraycopy(bytes, from, value, 0, length);
    for (int i = firstLineEnd; i < to; i++) {
      if (!isLineEnd(bytes[i])) {
        value[length++] = bytes[i];
      }
    }
    return new String(value, 0, length, ISO_8859_1);
  }

  /** Raw characters as text: UTF-8 where they are, ISO-8859-1 otherwise. */
  static String text(String raw) {
    for (int i = 0; i < raw.length(); i++) {
      if (raw.charAt(i) > 127) {
        return TextDecoder.utf8Or(raw.getBytes(ISO_8859_1), ISO_8859_1);
      }
    }
    return raw;
  }

  static String lowerCase(String ascii) {
    return ascii.toLowerCase(Locale.ROOT);
  }

  private static boolean isNameOctet(byte b) {
    return b > ' ' && b < 127 && b != ':';
  }

  static boolean isBlank(byte b) {
    return b == ' ' || b == '\t';
  }

  static boolean isLineEnd(byte b) {
    return b == '\n' || b == '\r';
  }
}
