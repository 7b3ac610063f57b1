package org.postrider.imap.syntax;

import java.io.IOException;
import java.util.Arrays;
import org.postrider.wire.ConnectionClosedException;
import org.postrider.wire.WireInput;

/** Octets that arrive in two pieces. */
public final class ChunkedInput implements WireInput {
  private final byte[] all;
  private int limit;
  private int position;

  /**
   * @param split where the first piece ends
   */
  public ChunkedInput(byte[] all, int split) {
    this.all = all;
    this.limit = split;
  }

  @Override
  public int available() {
    return limit - position;
  }

  @Override
  public int read() throws IOException {
    fill();
    return all[position++] & 0xff;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    fill();
    int count = Math.min(length, limit - position);
    System.arraycopy(all, position, target, offset, count);
    position += count;
    return count;
  }

  @Override
  public Line readLine(int max) {
    throw new AssertionError("the reader cuts its lines itself");
  }

  @Override
  public byte[] buffer() {
    return Arrays.copyOf(all, limit);
  }

  @Override
  public int position() {
    return position;
  }

  @Override
  public int limit() {
    return limit;
  }

  @Override
  public void fill() throws IOException {
    if (position == limit) {
      if (limit == all.length) {
        throw new ConnectionClosedException("end");
      }
      limit = all.length;
    }
  }

  @Override
  public void consume(int count) {
    position += count;
  }
}
