package org.postrider.smtp.relay;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;

/** Doubles the dots at the beginnings of lines, and ends the data (RFC 5321 §4.5.2). */
final class DotStuffing extends FilterOutputStream {
  private static final byte[] CRLF = {'\r', '\n'};
  private static final byte[] END = {'.', '\r', '\n'};

  private boolean lineStart = true;

  DotStuffing(OutputStream out) {
    super(out);
  }

  @Override
  public void write(int octet) throws IOException {
    write(new byte[] {(byte) octet}, 0, 1);
  }

  @Override
  public void write(byte[] octets, int offset, int length) throws IOException {
    int from = offset;
    for (int i = offset; i < offset + length; i++) {
      if (lineStart && octets[i] == '.') {
        out.write(octets, from, i - from);
        out.write('.');
        from = i;
      }
      lineStart = octets[i] == '\n';
    }
    out.write(octets, from, offset + length - from);
  }

  /** Ends the data; a last line without its end gets one. */
  void end() throws IOException {
    if (!lineStart) {
      out.write(CRLF);
    }
    out.write(END);
  }
}
