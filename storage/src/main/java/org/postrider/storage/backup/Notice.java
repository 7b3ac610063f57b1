package org.postrider.storage.backup;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/** A message of a given length that stands for one whose bytes are lost. */
final class Notice extends InputStream {
  private static final byte[] TEXT =
      """
      Subject: (this message was damaged)
      Content-Type: text/plain

      The bytes of this message could not be read when the mail store was
      backed up or restored. Its flags and dates are those of the original.
      """
          .replace("\n", "\r\n")
          .getBytes(StandardCharsets.US_ASCII);
  private static final int LINE = 72;

  private final long length;
  private long position;

  Notice(long length) {
    this.length = length;
  }

  @Override
  public int read() {
    return position < length ? at(position++) : -1;
  }

  @Override
  public int read(byte[] bytes, int offset, int count) {
    int n = (int) Math.min(count, length - position);
    for (int i = 0; i < n; i++) {
      bytes[offset + i] = at(position++);
    }
    return n == 0 && count > 0 ? -1 : n;
  }

  private static byte at(long position) {
    if (position < TEXT.length) {
      return TEXT[(int) position];
    }
    int column = (int) ((position - TEXT.length) % LINE);
    return (byte) (column == LINE - 2 ? '\r' : column == LINE - 1 ? '\n' : ' ');
  }
}
