package org.postrider.wire;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Objects;
import java.util.zip.Deflater;
import org.jspecify.annotations.Nullable;

/**
 * What the session writes. The buffer is taken from Netty's pool at the first octet and handed to
 * the event loop, as one task, when it is flushed or full; between flushes there is none.
 */
final class SessionOutput extends WireOutput {
  private static final int BUFFER_MIN = 1024;
  static final int BUFFER_MAX = 32 * 1024;

  /** Room for what SYNC_FLUSH adds. */
  private static final int DEFLATE_MARGIN = 64;

  private final Channel channel;
  private final Inbox inbox;
  private final Duration writeTimeout;
  private @Nullable ByteBuf buffer;
  private @Nullable Deflater deflater;

  /** Whether the deflater may hold octets that are not flushed. */
  private boolean deflaterDirty;

  SessionOutput(Channel channel, Inbox inbox, Duration writeTimeout) {
    this.channel = channel;
    this.inbox = inbox;
    this.writeTimeout = writeTimeout;
  }

  @Override
  public void write(int octet) throws IOException {
    room().writeByte(octet);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, bytes.length);
    int from = offset;
    int left = length;
    while (left > 0) {
      ByteBuf target = room();
      int count = Math.min(left, target.maxWritableBytes());
      target.writeBytes(bytes, from, count);
      from += count;
      left -= count;
    }
  }

  @Override
  public void writeLatin1(String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
    write(bytes, 0, bytes.length);
  }

  /** The buffer, with room for at least one octet. */
  private ByteBuf room() throws IOException {
    if (buffer != null && buffer.maxWritableBytes() == 0) {
      send(false);
    }
    if (buffer == null) {
      buffer = channel.alloc().directBuffer(BUFFER_MIN, BUFFER_MAX);
    }
    return buffer;
  }

  @Override
  public void flush() throws IOException {
    if (buffer != null || deflaterDirty) {
      send(true);
    }
  }

  private void send(boolean sync) throws IOException {
    ByteBuf octets = encoded(sync);
    int count = octets.readableBytes();
    if (count == 0) { // the deflater kept it all
      octets.release();
      return;
    }
    try {
      inbox.reserve(count, writeTimeout);
    } catch (ConnectionClosedException e) {
      octets.release();
      throw e;
    }
    // a write that fails is followed by the channel's end, which the inbox hears of
    channel.writeAndFlush(octets).addListener(written -> inbox.sent(count));
  }

  /** The buffer, as it goes to the channel; afterwards there is no buffer. */
  private ByteBuf encoded(boolean sync) {
    ByteBuf plain = buffer == null ? channel.alloc().directBuffer(0) : buffer;
    buffer = null;
    if (deflater == null) {
      return plain;
    }
    try {
      return deflate(deflater, plain, sync);
    } finally {
      plain.release();
    }
  }

  private ByteBuf deflate(Deflater deflater, ByteBuf plain, boolean sync) {
    deflater.setInput(plain.nioBuffer());
    int mode = sync ? Deflater.SYNC_FLUSH : Deflater.NO_FLUSH;
    ByteBuf target = channel.alloc().directBuffer(plain.readableBytes() / 2 + DEFLATE_MARGIN);
    boolean full;
    do {
      target.ensureWritable(DEFLATE_MARGIN);
      ByteBuffer room = target.nioBuffer(target.writerIndex(), target.writableBytes());
      int count = deflater.deflate(room, mode);
      target.writerIndex(target.writerIndex() + count);
      full = !room.hasRemaining(); // then there may be more
    } while (full);
    deflaterDirty = !sync;
    return target;
  }

  /** Flushes; what is written from now on goes out as raw deflate. */
  void startDeflating() throws IOException {
    flush();
    deflater = new Deflater(Deflater.DEFAULT_COMPRESSION, true);
  }

  /** The octets not yet flushed, of which the caller becomes the owner. */
  ByteBuf take() {
    return encoded(true);
  }

  /** Gives back what lies outside the heap. */
  void release() {
    if (buffer != null) {
      buffer.release();
      buffer = null;
    }
    if (deflater != null) {
      deflater.end();
      deflater = null;
      deflaterDirty = false;
    }
  }
}
