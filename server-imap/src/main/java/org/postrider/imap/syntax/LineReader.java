package org.postrider.imap.syntax;

import java.io.IOException;
import java.util.Arrays;
import org.postrider.wire.WireInput;

/**
 * Cuts lines out of the wire's buffer. A line that is too long is skipped, but its start and its
 * end are kept: the start has the tag for the answer, the end may announce a literal that must be
 * skipped as well.
 */
final class LineReader {
  /** A line that long is no mistake: the session ends. */
  private static final int SKIP_MAX = 1 << 20;

  /** Enough for the announcement of any literal. */
  private static final int TAIL = 32;

  private static final byte[] EMPTY = {};

  private final WireInput input;
  private byte[] text = EMPTY;
  private int size;
  private int length;
  private byte[] tail = EMPTY;

  LineReader(WireInput input) {
    this.input = input;
  }

  /** The octets of the last line, without its end; no more than asked for when it was too long. */
  byte[] text() {
    return text;
  }

  /** Octets of {@link #text} that count. */
  int size() {
    return size;
  }

  /** The last octets of the line, whether it was too long or not. */
  byte[] tail() {
    return length > size ? tail : Arrays.copyOfRange(text, Math.max(0, size - TAIL), size);
  }

  /** Forgets the line, so that an idle session holds none. */
  void release() {
    text = EMPTY;
    tail = EMPTY;
    size = 0;
    length = 0;
  }

  /**
   * Reads a line that ends with LF or CRLF.
   *
   * @return whether it had at most {@code max} octets
   */
  boolean read(int max) throws IOException {
    release();
    boolean ended = false;
    while (!ended) {
      if (input.position() == input.limit()) {
        input.fill();
      }
      byte[] buffer = input.buffer();
      int from = input.position();
      int to = from;
      int limit = input.limit();
      while (to < limit && buffer[to] != '\n') {
        to++;
      }
      ended = to < limit;
      take(buffer, from, to, max);
      input.consume(to - from + (ended ? 1 : 0));
      if (length > SKIP_MAX) {
        throw new ImapFatalException("[LIMIT] Command line too long");
      }
    }
    return trim(max);
  }

  private void take(byte[] buffer, int from, int to, int max) {
    int count = to - from;
    // One octet more than allowed, since it may be the CR of the line's end.
    int kept = Math.min(count, max + 1 - size);
    if (kept > 0) {
      if (size + kept > text.length) {
        text = Arrays.copyOf(text, Math.max(size + kept, Math.min(2 * size, max + 1)));
      }
      System.arraycopy(buffer, from, text, size, kept);
      size += kept;
    }
    length += count;
    if (length > size) {
      keepTail(buffer, from, to);
    }
  }

  private void keepTail(byte[] buffer, int from, int to) {
    if (tail.length == 0) {
      tail = Arrays.copyOfRange(text, Math.max(0, size - TAIL), size);
    }
    int count = Math.min(TAIL, to - from);
    int old = Math.min(TAIL - count, tail.length);
    byte[] joined = new byte[old + count];
    System.arraycopy(tail, tail.length - old, joined, 0, old);
    System.arraycopy(buffer, to - count, joined, old, count);
    tail = joined;
  }

  private boolean trim(int max) {
    if (length > size) {
      if (tail[tail.length - 1] == '\r') {
        tail = Arrays.copyOf(tail, tail.length - 1);
      }
    } else if (size > 0 && text[size - 1] == '\r') {
      size--;
      length--;
    }
    if (length <= max) {
      return true;
    }
    if (length == size) {
      // One octet too long: a bare LF ended it. Keep the invariant that what is too long has a
      // tail.
      tail = tail();
      size--;
    }
    return false;
  }
}
