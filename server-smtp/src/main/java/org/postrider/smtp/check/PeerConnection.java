package org.postrider.smtp.check;

import java.io.EOFException;
import java.io.IOException;
import java.net.SocketAddress;
import java.net.SocketTimeoutException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * A connection to a check's peer. Reads and writes block; when the time that the peer has is over,
 * the connection is closed under them, since a Unix-domain socket knows no timeout of its own.
 */
final class PeerConnection implements AutoCloseable {
  private static final int BUFFER = 64 << 10;

  private final SocketChannel channel;
  private final Duration timeout;
  private final ByteBuffer out = ByteBuffer.allocate(BUFFER);
  private final ByteBuffer in = ByteBuffer.allocate(4096).flip();
  private ScheduledFuture<?> end;
  private volatile boolean late;

  /**
   * Connects.
   *
   * @param timeout for all that is said, unless {@link #restart} is called
   */
  PeerConnection(PeerAddress peer, Duration timeout) throws IOException {
    SocketAddress address = peer.resolve();
    this.timeout = timeout;
    this.channel =
        address instanceof UnixDomainSocketAddress
            ? SocketChannel.open(StandardProtocolFamily.UNIX)
            : SocketChannel.open();
    this.end = schedule();
    try {
      channel.connect(address);
    } catch (IOException e) {
      IOException why = explained(e);
      close();
      throw why;
    }
  }

  private ScheduledFuture<?> schedule() {
    return ForkJoinPool.commonPool().schedule(this::cut, timeout.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void cut() {
    late = true;
    try {
      channel.close();
    } catch (IOException e) {
      // what waits on it hears that it is closed, whatever close says
    }
  }

  private IOException explained(IOException e) {
    return late && e instanceof ClosedChannelException
        ? new SocketTimeoutException("no answer within " + timeout.toMillis() + " ms")
        : e;
  }

  /** The peer gets its time anew. */
  void restart() {
    end.cancel(false);
    end = schedule();
  }

  /** Writes octets; they may wait for {@link #flush}. */
  void write(byte[] octets, int offset, int length) throws IOException {
    int from = offset;
    int left = length;
    while (left > 0) {
      if (!out.hasRemaining()) {
        flush();
      }
      int n = Math.min(left, out.remaining());
      out.put(octets, from, n);
      from += n;
      left -= n;
    }
  }

  void write(byte[] octets) throws IOException {
    write(octets, 0, octets.length);
  }

  /** Writes a number, four octets, the highest first. */
  void writeInt(int number) throws IOException {
    write(ByteBuffer.allocate(4).putInt(number).array());
  }

  void flush() throws IOException {
    out.flip();
    try {
      while (out.hasRemaining()) {
        channel.write(out);
      }
    } catch (IOException e) {
      throw explained(e);
    } finally {
      out.clear();
    }
  }

  /**
   * @throws EOFException when the peer has closed
   */
  byte read() throws IOException {
    if (!in.hasRemaining()) {
      in.clear();
      try {
        if (channel.read(in) < 0) {
          throw new EOFException("the connection was closed");
        }
      } catch (IOException e) {
        in.position(in.limit());
        throw explained(e);
      }
      in.flip();
    }
    return in.get();
  }

  byte[] read(int length) throws IOException {
    byte[] octets = new byte[length];
    for (int i = 0; i < length; i++) {
      octets[i] = read();
    }
    return octets;
  }

  int readInt() throws IOException {
    return ByteBuffer.wrap(read(4)).getInt();
  }

  @Override
  public void close() {
    end.cancel(false);
    try {
      channel.close();
    } catch (IOException e) {
      // nothing more is expected of it
    }
  }
}
