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
  private final FileChannel file;

  /** The newest copy of the store header; null when it was not read yet. */
  private @Nullable StoreHeader header;

  /** Which copy is the older one, if they differ. */
  private int olderCopy;

  /** Whether a copy may say that the file was closed in order. */
  private boolean closedInOrder;

  /** Whether both copies may have been written and not forced, both naming the newest chunk. */
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
    requireSound();
    failed = true;
    int length = source.remaining();
    if (position < StoreHeader.OCTETS) {
      // Names the chunk that a copy, durable already, names too: it can wait for the next force.
      header = StoreHeader.read(source);
      closedInOrder = header != null && header.isClosedInOrder();
      writeFully(source, position);
      headerPending = true;
      if (header == null || header.version() == 0) {
        forceNow(); // of a new file: whatever is behind it, there is a header
      }
    } else {
      writeChunk(source, position);
    }
    failed = false;
    return length;
  }

  private void writeChunk(ByteBuffer source, long position) throws IOException {
    ByteBuffer first = source.duplicate();
    first.limit(first.position() + Math.min(StoreHeader.SECTOR, first.remaining()));
    if (header == null) {
      readHeader();
    }
    if (closedInOrder) {
      openInHeader();
    }
    StoreHeader named = header == null ? null : header.naming(first, position / StoreHeader.BLOCK);
    if (source.remaining() > StoreHeader.SECTOR) {
      if (named != null) {
        writeFully(named.unfinished(), position);
      }
      // In a file that grows this also allocates the first sector, so that the second force writes
      // no metadata.
      source.position(source.position() + StoreHeader.SECTOR);
      writeFully(source, position + StoreHeader.SECTOR);
      forceNow();
    }
    if (named != null) {
      nameInHeader(named);
    }
    writeFully(first, position);
    source.position(source.limit());
    forceNow();
  }

  /**
   * Lets the older copy of the store header name the chunk: when one of the two is not written, the
   * other copy leads to the chunk before. H2 writes the header only now and then; it would look for
   * the newest chunk along a chain of which a link may just be overwritten, and take an old one.
   */
  private void nameInHeader(StoreHeader named) throws IOException {
    writeFully(named.toSector(), StoreHeader.COPIES[olderCopy]);
    header = named;
    olderCopy = 1 - olderCopy;
  }

  /**
   * Takes it out of both copies that the file was closed in order, before anything is changed. H2
   * keeps that from one copy though it goes by the other one, then takes the space that was freed
   * since for a missing chunk, and goes back to an old version.
   */
  private void openInHeader() throws IOException {
    if (header != null) {
      header = header.opened();
      for (long copy : StoreHeader.COPIES) {
        writeFully(header.toSector(), copy);
      }
      forceNow();
    }
    closedInOrder = false;
  }

  private void readHeader() throws IOException {
    long newest = -1;
    for (int copy = 0; copy < StoreHeader.COPIES.length; copy++) {
      StoreHeader read = StoreHeader.read(readSector(StoreHeader.COPIES[copy]));
      closedInOrder |= read != null && read.isClosedInOrder();
      if (read != null && read.version() > newest && !isUnfinished(read)) {
        newest = read.version();
        header = read;
        olderCopy = 1 - copy;
      }
    }
  }

  /** Whether the power went before the chunk that is named was there; it comes again. */
  private boolean isUnfinished(StoreHeader named) throws IOException {
    return readSector(named.block() * StoreHeader.BLOCK).equals(named.unfinished());
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
    if (lock != null && !shared && file.size() <= StoreHeader.OCTETS) {
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
    for (long copy : StoreHeader.COPIES) {
      ByteBuffer sector = readSector(copy);
      StoreHeader named = StoreHeader.read(sector);
      if (named != null) {
        writeFully(sector, copy);
        long chunk = named.block() * StoreHeader.BLOCK;
        writeFully(readSector(chunk), chunk);
      }
    }
    forceNow();
    failed = false;
  }

  private ByteBuffer readSector(long position) throws IOException {
    return StoreHeader.readSector(file, position);
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
