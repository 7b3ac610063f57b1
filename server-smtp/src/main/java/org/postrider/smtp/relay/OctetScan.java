package org.postrider.smtp.relay;

import java.io.OutputStream;

/** Finds out what kind of data octets are (RFC 2045 §2.7 to §2.9). */
final class OctetScan extends OutputStream {
  private static final int LINE_MAX = 998;

  private boolean eightBit;
  private boolean binary;
  private byte last;
  private int line;

  @Override
  public void write(int octet) {
    write(new byte[] {(byte) octet}, 0, 1);
  }

  @Override
  public void write(byte[] octets, int offset, int length) {
    for (int i = offset; i < offset + length; i++) {
      byte octet = octets[i];
      eightBit |= octet < 0;
      if (octet == '\n') {
        binary |= last != '\r';
        line = 0;
      } else {
        binary |= last == '\r' || octet == 0;
        line += octet == '\r' ? 0 : 1;
        binary |= line > LINE_MAX;
      }
      last = octet;
    }
  }

  boolean isEightBit() {
    return eightBit;
  }

  /** Whether it has a NUL, a line end that is none, or a line that is too long. */
  boolean isBinary() {
    return binary || last == '\r';
  }
}
