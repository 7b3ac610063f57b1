package org.postrider.imap.content;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Fields cut out of a header as they stand there (RFC 3501 §6.4.5 HEADER.FIELDS). Works on octets:
 * a client that opens a folder asks this of every message.
 */
public final class HeaderFields {
  private final byte[][] names;
  private final boolean wanted;

  /**
   * @param names the fields, in any case
   * @param wanted whether to keep these fields, or all but these
   */
  public HeaderFields(List<String> names, boolean wanted) {
    this.names =
        names.stream()
            .map(name -> name.toLowerCase(Locale.ROOT).getBytes(StandardCharsets.UTF_8))
            .toArray(byte[][]::new);
    this.wanted = wanted;
  }

  /** Those fields of the header, in its order, and the empty line when the header ends in one. */
  public byte[] cut(byte[] header) {
    byte[] result = new byte[header.length + 2];
    int size = 0;
    int at = 0;
    while (at < header.length && !isEmptyLine(header, at)) {
      int end = fieldEnd(header, at);
      if (isNamed(header, at, end) == wanted) {
        System.arraycopy(header, at, result, size, end - at);
        size += end - at;
      }
      at = end;
    }
    if (at < header.length) {
      result[size++] = '\r';
      result[size++] = '\n';
    }
    return Arrays.copyOf(result, size);
  }

  private static boolean isEmptyLine(byte[] header, int at) {
    return header[at] == '\n' || header[at] == '\r';
  }

  /** Where the field that starts at {@code at} ends, with its continuation lines. */
  private static int fieldEnd(byte[] header, int at) {
    int end = at;
    do {
      while (end < header.length && !endsLine(header, end)) {
        end++;
      }
      end = Math.min(end + 1, header.length);
    } while (end < header.length && (header[end] == ' ' || header[end] == '\t'));
    return end;
  }

  /** LF does, and CR without one: as the structure is found. */
  private static boolean endsLine(byte[] header, int at) {
    return header[at] == '\n'
        || (header[at] == '\r' && (at + 1 == header.length || header[at + 1] != '\n'));
  }

  private boolean isNamed(byte[] header, int from, int to) {
    int colon = from;
    while (colon < to && header[colon] != ':') {
      colon++;
    }
    int end = colon;
    // RFC 5322 §4.5: obsolete syntax has white space before the colon.
    while (end > from && (header[end - 1] == ' ' || header[end - 1] == '\t')) {
      end--;
    }
    for (byte[] name : names) {
      if (name.length == end - from && matches(name, header, from)) {
        return true;
      }
    }
    return false;
  }

  private static boolean matches(byte[] name, byte[] header, int from) {
    for (int i = 0; i < name.length; i++) {
      byte b = header[from + i];
      if (name[i] != (b >= 'A' && b <= 'Z' ? b + 32 : b)) {
        return false;
      }
    }
    return true;
  }
}
