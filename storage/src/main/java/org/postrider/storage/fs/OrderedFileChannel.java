package org.postrider.storage.fs;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import org.h2.store.fs.FileBaseDefault;
import org.jspecify.annotations.Nullable;

/**
 * A database file whose writes are durable when they return, in the order that {@link
 * OrderedFilePath} describes. Reads go on beside a write.
 */
final class OrderedFileChannel extends FileBaseDefault {
  private static final int BLOCK = 4096;

  /** Octets of the two copies of the store header. */
  static final int STORE_HEADER = 2 * BLOCK;

  private final FileChannel file;

  /** Whether the first copy of the store header is not durable yet, while the second one is. */
  private boolean headerPending;

  private boolean failed;

  OrderedFileChannel(FileChannel file) {
    this.file = file;
  }

  @Override
  @SuppressWarnings("UnsynchronizedOverridesSynchronized") // reads do not wait for a force
  public int read(ByteBuffer target, long position) throws IOException {
    return file.read(target, position);
  }

  @Override
  public synchronized int write(ByteBuffer source, long position) throws IOException {
    boolean header = position < STORE_HEADER;
    if (header) {
      force(false);
    }
    requireSound();
    failed = true;
    int length = source.remaining();
    if (length > BLOCK) {
      ByteBuffer first = source.duplicate().limit(source.position() + BLOCK);
      if (position >= file.size()) {
        // Allocates the first block along with the others, which makes the second force cheap: it
        // then writes no metadata.
        writeFully(ByteBuffer.allocate(BLOCK), position);
      }
      source.position(source.position() + BLOCK);
      writeFully(source, position + BLOCK);
      forceNow();
      writeFully(first, position);
      // One durable copy of the store header will do; the other follows with the next force.
      headerPending = header;
    } else {
      writeFully(source, position);
    }
    if (!headerPending) {
      forceNow();
    }
    failed = false;
    return length;
  }

  private void forceNow() throws IOException {
    file.force(false);
    headerPending = false;
  }

  private void writeFully(ByteBuffer source, long position) throws IOException {
    long at = position;
    while (source.hasRemaining()) {
      at += file.write(source, at);
    }
  }

  @Override
  public synchronized void force(boolean metaData) throws IOException {
    requireSound();
    if (headerPending) {
      failed = true;
      forceNow();
      failed = false;
    }
  }

  @Override
  protected synchronized void implTruncate(long size) throws IOException {
    requireSound();
    failed = true;
    forceNow();
    file.truncate(size);
    forceNow();
    failed = false;
  }

  private void requireSound() throws IOException {
    if (failed) {
      throw new IOException("an earlier write failed; the store must be opened anew");
    }
  }

  @Override
  public long size() throws IOException {
    return file.size();
  }

  /** Locks the file, which H2 does before it reads or writes. */
  @Override
  public synchronized @Nullable FileLock tryLock(long position, long size, boolean shared)
      throws IOException {
    FileLock lock = file.tryLock(position, size, shared);
    if (lock != null && !shared && file.size() <= STORE_HEADER) {
      // Made, but without a chunk: the power went while H2 wrote the header. Nothing was committed,
      // and H2 would refuse half a header.
      truncate(0);
    }
    return lock;
  }

  @Override
  protected synchronized void implCloseChannel() throws IOException {
    try {
      if (headerPending && !failed) {
        forceNow();
      }
    } finally {
      file.close();
    }
  }
}
