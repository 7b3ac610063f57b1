package org.postrider.wire;

import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.jspecify.annotations.Nullable;

/**
 * What the session reads. Octets are copied from the inbox's chunks, or inflated from them, into a
 * buffer that exists only while there is something in it: a session that waits holds none.
 * Inflating goes on only as the session reads, so a small input that inflates to gigabytes costs no
 * memory.
 */
final class SessionInput implements WireInput {
  /** An overlong line is skipped up to this length; then the connection is closed. */
  static final int SKIPPED_MAX = 1024 * 1024;

  private static final byte[] EMPTY = {};
  private static final int BUFFER_MIN = 256;
  private static final int BUFFER_MAX = 16 * 1024;

  private final Inbox inbox;
  private final SessionOutput output;
  private Duration idleTimeout;
  private byte[] buffer = EMPTY;
  private int position;
  private int limit;

  /** Taken from the inbox, not yet (wholly) copied or inflated. */
  private @Nullable ByteBuf chunk;

  private @Nullable Inflater inflater;
  private @Nullable String inflateError;

  SessionInput(Inbox inbox, SessionOutput output, Duration idleTimeout) {
    this.inbox = inbox;
    this.output = output;
    this.idleTimeout = idleTimeout;
  }

  void idleTimeout(Duration timeout) {
    idleTimeout = timeout;
  }

  @Override
  public int available() {
    if (inflater != null) {
      if (position == limit) {
        pull();
      }
      return limit - position;
    }
    int rest = chunk == null ? 0 : chunk.readableBytes();
    return limit - position + rest + inbox.octets();
  }

  @Override
  public int read() throws IOException {
    fill();
    return buffer[position++] & 0xFF;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    fill();
    int count = Math.min(length, limit - position);
    System.arraycopy(buffer, position, target, offset, count);
    position += count;
    return count;
  }

  @Override
  public Line readLine(int max) throws IOException {
    byte[] begun = EMPTY; // of a line that began in earlier buffers, begunLength octets
    int begunLength = 0;
    int skipped = 0;
    while (true) {
      fill();
      int end = indexOfLineFeed();
      int stop = end < 0 ? limit : end;
      int count = stop - position;
      if (skipped > 0) {
        skipped += count;
      } else if (begunLength + count > max + 1L) { // one more: it may be the CR
        skipped = begunLength + count;
        begun = EMPTY;
      } else if (end >= 0 && begunLength == 0) {
        Line line = line(buffer, position, stop, max);
        position = end + 1;
        if (line == null) {
          throw tooLong(max);
        }
        return line;
      } else {
        if (begun.length < begunLength + count) {
          begun = Arrays.copyOf(begun, Math.max(2 * begun.length, begunLength + count));
        }
        System.arraycopy(buffer, position, begun, begunLength, count);
        begunLength += count;
      }
      position = end < 0 ? limit : end + 1;
      if (skipped > SKIPPED_MAX) {
        inbox.close("a line of more than " + SKIPPED_MAX + " octets");
        throw new ConnectionClosedException("a line of more than " + SKIPPED_MAX + " octets");
      }
      if (end >= 0) {
        Line line = skipped > 0 ? null : line(begun, 0, begunLength, max);
        if (line == null) {
          throw tooLong(max);
        }
        return line;
      }
    }
  }

  private int indexOfLineFeed() {
    for (int i = position; i < limit; i++) {
      if (buffer[i] == '\n') {
        return i;
      }
    }
    return -1;
  }

  /** The line without its CR; null when it is longer than {@code max}. */
  private static @Nullable Line line(byte[] octets, int start, int end, int max) {
    boolean crlf = end > start && octets[end - 1] == '\r';
    int stop = crlf ? end - 1 : end;
    return stop - start > max ? null : new Line(Arrays.copyOfRange(octets, start, stop), crlf);
  }

  private static LineTooLongException tooLong(int max) {
    return new LineTooLongException("a line of more than " + max + " octets");
  }

  @Override
  public byte[] buffer() {
    return buffer;
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
  public void consume(int count) {
    if (count < 0 || count > limit - position) {
      throw new IllegalArgumentException(count + " octets of " + (limit - position));
    }
    position += count;
  }

  @Override
  public void fill() throws IOException {
    while (position == limit && !pull()) {
      if (inflateError != null) {
        throw new ConnectionClosedException(inflateError);
      }
      output.flush();
      inbox.awaitInput(idleTimeout);
    }
  }

  /** Whether there will be nothing more to read than what {@link #available} tells. */
  boolean hasEnded() {
    return inflateError != null || inbox.hasEnded();
  }

  /** Refills the empty buffer without waiting; drops it and returns false when nothing is there. */
  private boolean pull() {
    position = 0;
    limit = inflater == null ? copy() : inflate(inflater);
    if (limit == 0) {
      buffer = EMPTY;
    }
    return limit > 0;
  }

  private int copy() {
    if (chunk == null) {
      chunk = inbox.poll();
      if (chunk == null) {
        return 0;
      }
    }
    int count = Math.min(chunk.readableBytes(), BUFFER_MAX);
    if (buffer.length < count) {
      buffer = new byte[Math.max(count, BUFFER_MIN)];
    }
    chunk.readBytes(buffer, 0, count);
    if (!chunk.isReadable()) {
      releaseChunk();
    }
    return count;
  }

  private int inflate(Inflater inflater) {
    if (buffer.length < BUFFER_MAX) {
      buffer = new byte[BUFFER_MAX];
    }
    try {
      while (inflateError == null) {
        int count = inflater.inflate(buffer);
        if (count > 0) {
          return count;
        }
        if (inflater.finished() || inflater.needsDictionary()) {
          inflateError = "the client ended its compressed stream";
        } else {
          releaseChunk(); // all of it is inflated
          chunk = inbox.poll();
          if (chunk == null) {
            return 0;
          }
          inflater.setInput(chunk.nioBuffer());
        }
      }
    } catch (DataFormatException e) {
      inflateError = "compressed data of the client is damaged: " + e.getMessage();
    }
    return 0;
  }

  /** Everything received from now on, and what is unread already, is raw deflate. */
  void startInflating() {
    int buffered = limit - position;
    int rest = chunk == null ? 0 : chunk.readableBytes();
    byte[] unread = Arrays.copyOfRange(buffer, position, position + buffered + rest);
    if (chunk != null) {
      chunk.readBytes(unread, buffered, rest);
    }
    discard();
    inflater = new Inflater(true);
    inflater.setInput(unread);
  }

  /** Throws away what was taken from the inbox and not yet read. */
  void discard() {
    releaseChunk();
    position = 0;
    limit = 0;
    buffer = EMPTY;
  }

  /** Gives back what lies outside the heap. */
  void release() {
    discard();
    if (inflater != null) {
      inflater.end();
      inflater = null;
      inflateError = "the session has ended";
    }
  }

  private void releaseChunk() {
    if (chunk != null) {
      chunk.release();
      chunk = null;
    }
  }
}
