package org.postrider.storage;

import java.io.OutputStream;

/**
 * Takes a message's bytes as they come, computing checksum and digest on the way; holds at most
 * {@link StoreSettings#stageBytes} in memory. Writes throw {@link StorageException} TOO_BIG past
 * the longest message, after which only {@link #close} is of use.
 */
public final class ContentWriter extends OutputStream {
  ContentWriter() {}

  @Override
  public void write(int b) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void write(byte[] bytes, int offset, int length) {
    throw new UnsupportedOperationException();
  }

  /** Octets written so far. */
  public long size() {
    throw new UnsupportedOperationException();
  }

  /** The content, complete. Call once. */
  public StagedContent finish() {
    throw new UnsupportedOperationException();
  }

  /** Abandons what was not finished; after {@link #finish} it does nothing. */
  @Override
  public void close() {
    throw new UnsupportedOperationException();
  }
}
