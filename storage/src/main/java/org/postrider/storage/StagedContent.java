package org.postrider.storage;

import org.postrider.message.ContentDigest;

/**
 * A content that was received whole and belongs to nobody yet. It becomes durable with the delivery
 * or APPEND that takes it, which may be several. Close it afterwards, whatever came of it; what
 * nobody took is then swept.
 */
public final class StagedContent implements AutoCloseable {
  StagedContent() {}

  /** Octets. */
  public long size() {
    throw new UnsupportedOperationException();
  }

  public ContentDigest digest() {
    throw new UnsupportedOperationException();
  }

  @Override
  public void close() {
    throw new UnsupportedOperationException();
  }
}
