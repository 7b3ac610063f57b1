package org.postrider.smtp;

/**
 * The transparency procedure of DATA (RFC 5321 §4.5.2), over windows of the receive buffer.
 *
 * <p>Only {@code <CRLF>.<CRLF>} ends the data, and only after {@code <CRLF>} (or at the start) is a
 * dot removed. A bare LF or CR counts for nothing here: it is passed on as it is, and {@link
 * LineEndCheck} refuses the message. So there is one reading of where a message ends, and what one
 * server sent us as content can't become a command (SMTP smuggling).
 */
final class DotUnstuffer {
  private enum State {
    LINE_START,
    TEXT,
    /** After the dot at the start of a line, which is held back. */
    DOT,
    /** After that dot and a CR, which is held back too. */
    DOT_CR
  }

  private static final byte[] CR = {'\r'};

  private final OctetSink sink;
  private State state = State.LINE_START;
  private boolean afterCr;
  private boolean ended;

  DotUnstuffer(OctetSink sink) {
    this.sink = sink;
  }

  /** Whether the end of the data was read. */
  boolean ended() {
    return ended;
  }

  /**
   * Takes octets {@code from} to {@code to}, up to the end of the data.
   *
   * @return the octets taken; fewer than given only when the data ended
   */
  int take(byte[] buffer, int from, int to) {
    int run = from;
    int i = from;
    while (i < to && !ended) {
      switch (state) {
        case LINE_START -> {
          if (buffer[i] == '.') {
            write(buffer, run, i);
            run = ++i;
            state = State.DOT;
          } else {
            state = State.TEXT;
          }
        }
        case TEXT -> i = text(buffer, i, to);
        case DOT -> {
          if (buffer[i] == '\r') {
            run = ++i;
            state = State.DOT_CR;
          } else {
            state = State.TEXT;
          }
        }
        case DOT_CR -> {
          if (buffer[i] == '\n') {
            ended = true;
            run = ++i;
          } else {
            sink.write(CR, 0, 1);
            afterCr = true;
            state = State.TEXT;
          }
        }
      }
    }
    write(buffer, run, i);
    return i - from;
  }

  /** Passes over text to the end of the line or of the window; nothing is written yet. */
  private int text(byte[] buffer, int from, int to) {
    int i = from;
    while (i < to && buffer[i] != '\n') {
      i++;
    }
    boolean cr = i > from ? buffer[i - 1] == '\r' : afterCr;
    if (i == to) {
      afterCr = cr;
      return to;
    }
    afterCr = false;
    state = cr ? State.LINE_START : State.TEXT;
    return i + 1;
  }

  private void write(byte[] buffer, int from, int to) {
    if (to > from) {
      sink.write(buffer, from, to - from);
    }
  }
}
