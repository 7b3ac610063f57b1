package org.postrider.message;

import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;

/** Decodes a stream block by block. */
abstract class DecodingStream extends InputStream {
  private static final int BLOCK = 4 << 10;

  /** How many octets a decoder may hold back from one block for the next. */
  static final int HELD_MAX = 256;

  private final InputStream encoded;
  private final byte[] block = new byte[BLOCK];
  private final byte[] decoded = new byte[BLOCK + HELD_MAX + 2];
  private int at;
  private int length;
  private boolean ended;

  DecodingStream(InputStream encoded) {
    this.encoded = encoded;
  }

  /** Decodes octets; how many were put into {@code out}, at most those and the ones held back. */
  abstract int decode(byte[] in, int count, byte[] out);

  /** What is still held at the end. */
  abstract int finish(byte[] out);

  private boolean fill() throws IOException {
    while (at == length && !ended) {
      int count = encoded.read(block);
      at = 0;
      ended = count < 0;
      length = ended ? finish(decoded) : decode(block, count, decoded);
    }
    return at < length;
  }

  @Override
  public int read() throws IOException {
    return fill() ? decoded[at++] & 0xff : -1;
  }

  @Override
  public int read(byte[] bytes, int offset, int count) throws IOException {
    Objects.checkFromIndexSize(offset, count, bytes.length);
    if (count == 0) {
      return 0;
    }
    if (!fill()) {
      return -1;
    }
    int copied = Math.min(count, length - at);
    System.arraycopy(decoded, at, bytes, offset, copied);
    at += copied;
    return copied;
  }

  @Override
  public int available() {
    return length - at;
  }

  @Override
  public void close() throws IOException {
    encoded.close();
  }
}
