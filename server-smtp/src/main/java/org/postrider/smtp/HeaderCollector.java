package org.postrider.smtp;

import java.util.Arrays;

/**
 * Collects the header from the start of a content. It ends before the empty line, or before the
 * first line that can be no part of a header: then the empty line is missing, and what follows is
 * body all the same, as other servers take it.
 */
final class HeaderCollector {
  private byte[] octets = new byte[4096];
  private int length;
  private int lineStart;
  private int scanned;
  private boolean ended;
  private boolean emptyLineMissing;

  /**
   * Takes content until the header has ended; a part of the body may come with it.
   *
   * @return whether the header has ended
   */
  boolean take(byte[] source, int offset, int count) {
    if (length + count > octets.length) {
      octets = Arrays.copyOf(octets, Math.max(length + count, octets.length * 2));
    }
    System.arraycopy(source, offset, octets, length, count);
    length += count;
    scan();
    return ended;
  }

  private void scan() {
    while (scanned < length && !ended) {
      if (octets[scanned++] != '\n') {
        continue;
      }
      boolean empty =
          scanned - lineStart == 1 || (scanned - lineStart == 2 && octets[lineStart] == '\r');
      if (empty) {
        ended = true;
      } else if (!isHeaderLine()) {
        ended = true;
        emptyLineMissing = true;
      } else {
        lineStart = scanned;
      }
    }
  }

  /** Whether the line is a field's first (RFC 5322 §2.2, §4.5) or the continuation of one. */
  private boolean isHeaderLine() {
    byte first = octets[lineStart];
    if (first == ' ' || first == '\t') {
      return lineStart > 0;
    }
    int i = lineStart;
    while (octets[i] > 32 && octets[i] < 127 && octets[i] != ':') {
      i++;
    }
    boolean named = i > lineStart;
    while (octets[i] == ' ' || octets[i] == '\t') {
      i++;
    }
    return named && octets[i] == ':';
  }

  /** Octets of the header as far as it is known. */
  int headerLength() {
    return lineStart;
  }

  /** Octets collected, with what came of the body. */
  int length() {
    return length;
  }

  /** Whether an empty line has to be put between header and body. */
  boolean isEmptyLineMissing() {
    return emptyLineMissing;
  }

  /** The content has ended; a last line without its end counts as header when it looks so. */
  void finish() {
    if (!ended) {
      ended = true;
      if (lineStart < length) {
        // A sentinel, so that the scan of a line without line end stops.
        octets = Arrays.copyOf(octets, length + 1);
        octets[length] = '\n';
        if (isHeaderLine()) {
          lineStart = length;
        } else {
          emptyLineMissing = true;
        }
      }
    }
  }

  /** The octets collected; the header is the first {@link #headerLength} of them. */
  byte[] octets() {
    return octets;
  }
}
