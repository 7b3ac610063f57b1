package org.postrider.storage.backup;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Locale;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.Inflater;
import java.util.zip.InflaterInputStream;
import org.jspecify.annotations.Nullable;

/**
 * The files that hold the bytes of contents, each by itself a zlib stream, one after the other. A
 * segment that has its name is complete and is never changed.
 */
final class Segments implements AutoCloseable {
  /** A segment is ended when it is longer, in octets. */
  private static final long OCTETS = 64 << 20;

  private static final int BUFFER = 64 << 10;

  /** Mail compresses nearly as well as at higher levels, in half the time. */
  private static final int LEVEL = 3;

  private final Path directory;
  private final Deflater deflater = new Deflater(LEVEL);
  private final Inflater inflater = new Inflater();
  private int number;
  private @Nullable FileChannel writing;
  private @Nullable FileChannel reading;
  private int readingNumber;
  private long written;

  /**
   * @param last the greatest number of a segment there is
   */
  Segments(Path directory, int last) {
    this.directory = directory;
    this.number = last;
  }

  /** Where something was written. */
  record Place(int segment, long offset, long length) {}

  /** Writes the bytes of a content. */
  @FunctionalInterface
  interface Source {
    void copyTo(OutputStream out) throws IOException;
  }

  static String name(int number) {
    return String.format(Locale.ROOT, "%08d.segment", number);
  }

  Path file(int segment) {
    return directory.resolve(name(segment));
  }

  private Path unfinished() {
    return directory.resolve(name(number) + BackupDirectory.UNFINISHED);
  }

  /**
   * Appends a content to the last segment. When that fails nothing was added.
   *
   * @throws RuntimeException what the source throws
   */
  Place append(Source source) throws IOException {
    FileChannel channel = writing;
    if (channel == null) {
      number++;
      channel =
          FileChannel.open(unfinished(), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
      writing = channel;
      written = 0;
    }
    deflater.reset();
    OutputStream file = new BufferedOutputStream(Channels.newOutputStream(channel), BUFFER);
    DeflaterOutputStream compressed = new DeflaterOutputStream(file, deflater, BUFFER);
    try {
      source.copyTo(compressed);
      compressed.finish();
      file.flush();
    } catch (IOException | RuntimeException e) {
      channel.truncate(written);
      channel.position(written);
      throw e;
    }
    Place place = new Place(number, written, channel.position() - written);
    written = channel.position();
    if (written > OCTETS) {
      finish();
    }
    return place;
  }

  /** Makes what was appended durable and gives the segment its name. */
  void finish() throws IOException {
    FileChannel channel = writing;
    if (channel != null) {
      writing = null;
      try (channel) {
        channel.force(true);
      }
      Files.move(unfinished(), file(number), StandardCopyOption.ATOMIC_MOVE);
      BackupDirectory.force(directory);
    }
  }

  /** The bytes of a content; to be read before the next one is asked for. */
  InputStream read(StoredContent stored) throws IOException {
    FileChannel channel = reading;
    if (channel == null || readingNumber != stored.segment()) {
      if (channel != null) {
        channel.close();
      }
      channel = FileChannel.open(file(stored.segment()), StandardOpenOption.READ);
      reading = channel;
      readingNumber = stored.segment();
    }
    inflater.reset();
    return new InflaterInputStream(new Part(channel, stored), inflater, BUFFER);
  }

  /** The octets of a segment from an offset on. */
  private static final class Part extends InputStream {
    private final FileChannel channel;
    private long position;
    private final long end;

    Part(FileChannel channel, StoredContent stored) {
      this.channel = channel;
      this.position = stored.offset();
      this.end = stored.offset() + stored.length();
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      int most = (int) Math.min(length, end - position);
      int n = most <= 0 ? -1 : channel.read(ByteBuffer.wrap(bytes, offset, most), position);
      position += Math.max(0, n);
      return n;
    }
  }

  /** Closes the files; a segment that was not finished stays without its name. */
  @Override
  public void close() throws IOException {
    deflater.end();
    inflater.end();
    if (writing != null) {
      writing.close();
    }
    if (reading != null) {
      reading.close();
    }
  }
}
