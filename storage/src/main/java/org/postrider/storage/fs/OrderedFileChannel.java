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
  /** What a disk writes whole or not at all. A chunk's header begins in its first sector. */
  private static final int SECTOR = 512;

  /** Where the two copies of the store header begin. */
  private static final long[] HEADER = {0, 4096};

  /** Octets of both copies. */
  private static final int STORE_HEADER = 2 * 4096;

  private final FileChannel file;

  /** The newest copy of the store header; null when it was not read yet. */
  private @Nullable StoreHeader header;

  /** Which copy is the older one, if they differ. */
  private int olderCopy;

  /** Whether both copies may have been written and not forced, both naming the newest chunk. */
  private boolean headerPending = true;

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
    requireSound();
    failed = true;
    int length = source.remaining();
    if (position < STORE_HEADER) {
      // Names the chunk that a copy, durable already, names too: it can wait for the next force.
      header = StoreHeader.read(source);
      writeFully(source, position);
      headerPending = true;
    } else {
      writeChunk(source, position);
    }
    failed = false;
    return length;
  }

  private void writeChunk(ByteBuffer source, long position) throws IOException {
    ByteBuffer first = source.duplicate();
    first.limit(first.position() + Math.min(SECTOR, first.remaining()));
    if (source.remaining() > SECTOR) {
      // In a file that grows this also allocates the first sector, so that the second force writes
      // no metadata.
      source.position(source.position() + SECTOR);
      writeFully(source, position + SECTOR);
      forceNow();
    }
    nameInHeader(first, position);
    writeFully(first, position);
    source.position(source.limit());
    forceNow();
  }

  /**
   * Lets the older copy of the store header name the chunk: when one of the two is not written, the
   * other copy leads to the chunk before. H2 writes the header only now and then; it would look for
   * the newest chunk along a chain of which a link may just be overwritten, and take an old one.
   */
  private void nameInHeader(ByteBuffer start, long position) throws IOException {
    if (header == null) {
      readHeader();
    }
    StoreHeader named = header == null ? null : header.naming(start, position / HEADER[1]);
    if (named != null) {
      writeFully(named.toSector(SECTOR), HEADER[olderCopy]);
      header = named;
      olderCopy = 1 - olderCopy;
    }
  }

  private void readHeader() throws IOException {
    long newest = -1;
    for (int copy = 0; copy < HEADER.length; copy++) {
      StoreHeader read = StoreHeader.read(readSector(HEADER[copy]));
      if (read != null && read.version() > newest) {
        newest = read.version();
        header = read;
        olderCopy = 1 - copy;
      }
    }
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
    } else if (lock != null && !shared) {
      writeStartAgain();
    }
    return lock;
  }

  /**
   * Writes again what recovery starts at. When a force failed in a process before this one, the
   * system may show what it did not write and never will: the work must not go on from that.
   */
  private void writeStartAgain() throws IOException {
    requireSound();
    failed = true;
    for (long copy : HEADER) {
      ByteBuffer sector = readSector(copy);
      StoreHeader named = StoreHeader.read(sector);
      if (named != null) {
        writeFully(sector, copy);
        long chunk = named.block() * HEADER[1];
        writeFully(readSector(chunk), chunk);
      }
    }
    forceNow();
    failed = false;
  }

  private ByteBuffer readSector(long position) throws IOException {
    ByteBuffer sector = ByteBuffer.allocate(SECTOR);
    while (sector.hasRemaining() && file.read(sector, position + sector.position()) > 0) {
      // until it is full, or the file ends
    }
    return sector.flip();
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
