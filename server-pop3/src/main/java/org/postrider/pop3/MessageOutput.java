package org.postrider.pop3;

import java.io.IOException;
import java.io.OutputStream;

/**
 * Sends a message as a multi-line reply (RFC 1939 §3): lines that start with a dot get another one,
 * every line ends with CRLF though the message may have a lone LF or CR there, and {@link #finish}
 * adds the line with the dot alone. For TOP it stops after the header and some lines of the body.
 *
 * <p>Unchanged octets go through in runs as long as they come.
 */
final class MessageOutput extends OutputStream {
  static final int ALL_LINES = -1;

  private static final byte[] CRLF = {'\r', '\n'};
  private static final byte[] END = {'.', '\r', '\n'};

  private final OutputStream out;

  /** Lines of the body still to be sent, or {@link #ALL_LINES}. */
  private int linesLeft;

  private boolean inBody;
  private boolean lineIsEmpty = true;
  private boolean afterCr;
  private boolean full;

  /**
   * @param bodyLines how many lines of the body, or {@link #ALL_LINES}
   */
  MessageOutput(OutputStream out, int bodyLines) {
    this.out = out;
    this.linesLeft = bodyLines;
  }

  /** Whether no more is wanted; what is written then is dropped. */
  boolean isFull() {
    return full;
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    int end = offset + length;
    int run = offset;
    int i = offset;
    while (i < end && !full) {
      byte b = bytes[i];
      if (afterCr) {
        afterCr = false;
        if (b == '\n') {
          i++;
          lineEnds();
          continue;
        }
        run = insert(bytes, run, i, '\n');
        lineEnds();
      } else if (b == '\r') {
        afterCr = true;
        i++;
      } else if (b == '\n') {
        run = insert(bytes, run, i, '\r');
        i++;
        lineEnds();
      } else {
        if (lineIsEmpty && b == '.') {
          run = insert(bytes, run, i, '.');
        }
        lineIsEmpty = false;
        i++;
        while (i < end && bytes[i] != '\r' && bytes[i] != '\n') {
          i++;
        }
      }
    }
    out.write(bytes, run, i - run);
  }

  private int insert(byte[] bytes, int run, int at, char octet) throws IOException {
    out.write(bytes, run, at - run);
    out.write(octet);
    return at;
  }

  private void lineEnds() {
    if (inBody) {
      linesLeft -= linesLeft > 0 ? 1 : 0;
    } else if (lineIsEmpty) {
      inBody = true;
    }
    lineIsEmpty = true;
    full = inBody && linesLeft == 0;
  }

  /** Ends the last line, if it is open, and the reply. */
  void finish() throws IOException {
    if (afterCr) {
      out.write('\n');
    } else if (!lineIsEmpty) {
      out.write(CRLF);
    }
    out.write(END);
  }
}
