package org.postrider.smtp;

/**
 * Looks for what may not be in a message's content: CR or LF alone (RFC 5321 §2.3.8), and NUL,
 * which neither 7bit nor 8bit data may hold (RFC 2045 §2.7, §2.8) and which IMAP could not give out
 * (RFC 3501 §4.3).
 */
final class LineEndCheck {
  private boolean afterCr;
  private boolean bareLineEnd;
  private boolean nul;

  void check(byte[] octets, int offset, int length) {
    int end = offset + length;
    int i = offset;
    if (afterCr && i < end) {
      afterCr = false;
      if (octets[i] == '\n') {
        i++;
      } else {
        bareLineEnd = true;
      }
    }
    for (; i < end; i++) {
      byte b = octets[i];
      if (b > '\r' || b < 0) {
        continue;
      }
      if (b == '\r') {
        if (i + 1 == end) {
          afterCr = true;
        } else if (octets[i + 1] == '\n') {
          i++;
        } else {
          bareLineEnd = true;
        }
      } else if (b == '\n') {
        bareLineEnd = true;
      } else if (b == 0) {
        nul = true;
      }
    }
  }

  /** Whether a CR or LF stood alone; a CR at the end counts. */
  boolean hasBareLineEnd(boolean atEnd) {
    return bareLineEnd || (atEnd && afterCr);
  }

  boolean hasNul() {
    return nul;
  }
}
