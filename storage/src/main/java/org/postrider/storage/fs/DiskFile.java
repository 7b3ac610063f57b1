package org.postrider.storage.fs;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.FileLock;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.h2.store.fs.FileBaseDefault;
import org.jspecify.annotations.Nullable;

/**
 * A file of the disk that no interrupt closes. A {@link java.nio.channels.FileChannel} is closed
 * under everybody when one thread that reads is interrupted, and with it goes the file's lock; a
 * {@link RandomAccessFile} knows nothing of interrupts. It has one position, so each read that goes
 * on at a time has a descriptor of its own, which the next read takes over.
 *
 * <p>All descriptors stay open until the file is closed: when a process closes any of a file's
 * descriptors, it loses its locks on the file (POSIX).
 */
final class DiskFile extends FileBaseDefault {
  private final String path;

  /** For the lock and for all changes, one at a time. */
  private final RandomAccessFile file;

  /** For reads; as many as there ever were at a time. */
  private final Queue<RandomAccessFile> readers = new ConcurrentLinkedQueue<>();

  private volatile boolean closed;

  /**
   * Opens the file.
   *
   * @param mode "r", or "rw" to make it where it is not there
   */
  DiskFile(String path, String mode) throws IOException {
    this.path = path;
    this.file = new RandomAccessFile(path, mode);
  }

  @Override
  @SuppressWarnings("UnsynchronizedOverridesSynchronized") // reads do not wait for each other
  public int read(ByteBuffer target, long position) throws IOException {
    RandomAccessFile reader = readers.poll();
    if (reader == null) {
      requireOpen();
      reader = new RandomAccessFile(path, "r");
    }
    try {
      reader.seek(position);
      return read(reader, target);
    } finally {
      readers.add(reader);
      if (closed) {
        closeReaders();
      }
    }
  }

  private static int read(RandomAccessFile reader, ByteBuffer target) throws IOException {
    if (target.hasArray()) {
      int offset = target.arrayOffset() + target.position();
      int octets = reader.read(target.array(), offset, target.remaining());
      target.position(target.position() + Math.max(0, octets));
      return octets;
    }
    byte[] copy = new byte[target.remaining()];
    int octets = reader.read(copy);
    target.put(copy, 0, Math.max(0, octets));
    return octets;
  }

  @Override
  public synchronized int write(ByteBuffer source, long position) throws IOException {
    requireOpen();
    int octets = source.remaining();
    file.seek(position);
    if (source.hasArray()) {
      file.write(source.array(), source.arrayOffset() + source.position(), octets);
      source.position(source.limit());
    } else {
      byte[] copy = new byte[octets];
      source.get(copy);
      file.write(copy);
    }
    return octets;
  }

  @Override
  public synchronized void force(boolean metaData) throws IOException {
    requireOpen();
    if (Thread.currentThread() instanceof UninterruptibleThread) {
      file.getChannel().force(metaData);
    } else {
      file.getFD().sync(); // writes more metadata, so it is slower
    }
  }

  @Override
  protected synchronized void implTruncate(long size) throws IOException {
    requireOpen();
    file.setLength(size);
  }

  @Override
  public synchronized long size() throws IOException {
    requireOpen();
    return file.length();
  }

  @Override
  public synchronized @Nullable FileLock tryLock(long position, long size, boolean shared)
      throws IOException {
    requireOpen();
    return file.getChannel().tryLock(position, size, shared);
  }

  private void requireOpen() throws IOException {
    if (closed) {
      throw new IOException("the file is closed");
    }
  }

  private void closeReaders() throws IOException {
    RandomAccessFile reader;
    while ((reader = readers.poll()) != null) {
      reader.close();
    }
  }

  @Override
  protected synchronized void implCloseChannel() throws IOException {
    closed = true;
    try {
      closeReaders();
    } finally {
      file.close();
    }
  }
}
