package org.postrider.smtp.relay;

import java.io.IOException;
import java.io.OutputStream;

/** Encodes text with CRLF line ends in quoted-printable (RFC 2045 §6.7). */
final class QuotedPrintableOutput extends OutputStream {
  private static final int LINE_MAX = 76;
  private static final byte[] DIGITS = {
    '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'A', 'B', 'C', 'D', 'E', 'F'
  };

  private final OutputStream out;
  private final byte[] line = new byte[LINE_MAX + 2];
  private int length;

  /** A blank that may stand at the end of its line, where it has to be encoded; or -1. */
  private int blank = -1;

  QuotedPrintableOutput(OutputStream out) {
    this.out = out;
  }

  @Override
  public void write(int octet) throws IOException {
    int o = octet & 0xff;
    if (o == '\r') {
      return; // there is none without its line feed
    }
    if (o == '\n') {
      endLine();
      return;
    }
    if (blank >= 0) {
      literal(blank);
      blank = -1;
    }
    if (o == ' ' || o == '\t') {
      blank = o;
    } else if (o > ' ' && o < 127 && o != '=') {
      literal(o);
    } else {
      encoded(o);
    }
  }

  @Override
  public void write(byte[] octets, int offset, int count) throws IOException {
    for (int i = offset; i < offset + count; i++) {
      write(octets[i]);
    }
  }

  private void literal(int octet) throws IOException {
    room(1);
    line[length++] = (byte) octet;
  }

  private void encoded(int octet) throws IOException {
    room(3);
    line[length++] = '=';
    line[length++] = DIGITS[octet >> 4];
    line[length++] = DIGITS[octet & 15];
  }

  /** A soft line break where the line would be too long, with its equals sign. */
  private void room(int octets) throws IOException {
    if (length + octets > LINE_MAX - 1) {
      line[length++] = '=';
      hardBreak();
    }
  }

  private void hardBreak() throws IOException {
    line[length++] = '\r';
    line[length++] = '\n';
    out.write(line, 0, length);
    length = 0;
  }

  private void endLine() throws IOException {
    if (blank >= 0) {
      encoded(blank);
      blank = -1;
    }
    hardBreak();
  }

  /** Writes what is held back. */
  void finish() throws IOException {
    if (blank >= 0) {
      encoded(blank);
      blank = -1;
    }
    out.write(line, 0, length);
    length = 0;
  }
}
