package org.postrider.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A connection over a Netty channel, with the thread that serves it. */
final class ChannelConnection implements Connection {
  private static final Logger log = LoggerFactory.getLogger(ChannelConnection.class);

  /**
   * How long the client gets to close after us. Closing at once could make the kernel send a reset,
   * which may overtake our last reply.
   */
  private static final Duration LINGER = Duration.ofSeconds(2);

  private final String id;
  private final Channel channel;
  private final InetSocketAddress remoteAddress;
  private final InetSocketAddress localAddress;
  private final boolean proxied;
  private final WireLimits limits;
  private final @Nullable TlsContext tlsContext;
  private final Inbox inbox;
  private final SessionInput input;
  private final SessionOutput output;
  private volatile @Nullable TlsSession tls;
  private boolean compressed;

  /** Ours is all sent and our direction closed; known to the event loop only. */
  private boolean lingering;

  /**
   * @param tlsContext null when there is no TLS
   */
  ChannelConnection(
      String id,
      Channel channel,
      InetSocketAddress remoteAddress,
      boolean proxied,
      WireLimits limits,
      @Nullable TlsContext tlsContext) {
    this.id = id;
    this.channel = channel;
    this.remoteAddress = remoteAddress;
    this.localAddress = AddressBlock.plain((InetSocketAddress) channel.localAddress());
    this.proxied = proxied;
    this.limits = limits;
    this.tlsContext = tlsContext;
    this.inbox = new Inbox(channel);
    this.output = new SessionOutput(channel, inbox, limits.writeTimeout());
    this.input = new SessionInput(inbox, output, limits.idleTimeout());
  }

  Inbox inbox() {
    return inbox;
  }

  /** The handshake of implicit TLS is done. */
  void secured(TlsSession session) {
    tls = session;
  }

  /** Called by the event loop: the client closed its direction. */
  void clientEnded() {
    inbox.end();
    if (lingering) {
      channel.close();
    }
  }

  /** Runs the session on this thread, then ends the connection. */
  void serve(ConnectionHandler handler) {
    try {
      handler.handle(this);
    } catch (ConnectionClosedException
        | IdleTimeoutException
        | ShutdownException
        | LineTooLongException e) {
      log.debug("{} ended: {}", id, e.getMessage());
    } catch (IOException | RuntimeException | Error e) {
      log.error("{} failed", id, e);
    } finally {
      finish();
    }
  }

  private void finish() {
    try {
      if (inbox.isClosed()) {
        channel.close();
      } else {
        output.flush();
        inbox.abandon();
        channel.eventLoop().execute(this::closeGently);
      }
    } catch (IOException | RejectedExecutionException e) {
      log.debug("{} ended: {}", id, e.getMessage()); // the event loop may have stopped before us
      channel.close();
    } finally {
      inbox.abandon();
      input.release();
      output.release();
    }
  }

  /** Closes our direction after what is written, then waits a moment for the client's close. */
  private void closeGently() {
    closeAfter(limits.writeTimeout().plus(LINGER));
    channel
        .writeAndFlush(Unpooled.EMPTY_BUFFER)
        .addListener(written -> {
          if (!written.isSuccess() || inbox.hasEnded()) {
            channel.close();
            return;
          }
          lingering = true;
          closeAfter(LINGER);
          SslHandler ssl = channel.pipeline().get(SslHandler.class);
          if (ssl == null) {
            shutdownOutput();
          } else {
            ssl.closeOutbound().addListener(notified -> shutdownOutput());
          }
        });
  }

  private void shutdownOutput() {
    ((DuplexChannel) channel)
        .shutdownOutput()
        .addListener(done -> {
          if (!done.isSuccess()) {
            channel.close();
          }
        });
  }

  private void closeAfter(Duration delay) {
    Future<?> timer =
        channel
            .eventLoop()
            .schedule(() -> channel.close(), delay.toMillis(), TimeUnit.MILLISECONDS);
    channel.closeFuture().addListener(closed -> timer.cancel(false));
  }

  @Override
  public String id() {
    return id;
  }

  @Override
  public InetSocketAddress remoteAddress() {
    return remoteAddress;
  }

  @Override
  public InetSocketAddress localAddress() {
    return localAddress;
  }

  @Override
  public WireInput input() {
    return input;
  }

  @Override
  public WireOutput output() {
    return output;
  }

  @Override
  public @Nullable TlsSession tls() {
    return tls;
  }

  @Override
  public boolean canStartTls() {
    return tlsContext != null && tls == null && !compressed;
  }

  @Override
  public void startTls() throws IOException {
    TlsContext context = tlsContext;
    if (context == null || !canStartTls()) {
      throw new IllegalStateException("TLS cannot be started on " + id);
    }
    input.discard();
    ByteBuf reply = output.take();
    CompletableFuture<TlsSession> done = new CompletableFuture<>();
    SslHandler handler = context.newHandler(channel.alloc(), limits.handshakeTimeout());
    channel.eventLoop().execute(() -> turnToTls(context, handler, reply, done));
    tls = await(done);
  }

  /**
   * In one task, so that the client, who may send its ClientHello as soon as it sees the reply,
   * cannot be read in between: forgets the plaintext, sends the reply, puts TLS into the pipeline.
   */
  private void turnToTls(
      TlsContext context, SslHandler handler, ByteBuf reply, CompletableFuture<TlsSession> done) {
    inbox.discard();
    channel.writeAndFlush(reply).addListener(written -> {});
    if (!channel.isActive() || inbox.hasEnded()) {
      ReferenceCountUtil.release(handler.engine());
      done.completeExceptionally(new ConnectionClosedException("the connection is closed"));
      return;
    }
    channel.pipeline().addFirst(handler);
    handler
        .handshakeFuture()
        .addListener(handshake -> {
          if (handshake.isSuccess()) {
            done.complete(context.session(handler.engine().getSession()));
          } else {
            done.completeExceptionally(handshake.cause());
          }
        });
  }

  private TlsSession await(CompletableFuture<TlsSession> handshake) throws IOException {
    try {
      // the handler has the same timeout of its own; this one is for an event loop that is gone
      Duration timeout = limits.handshakeTimeout().plusSeconds(5);
      return handshake.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      close();
      throw new ConnectionClosedException("TLS handshake failed: " + e.getCause());
    } catch (TimeoutException e) {
      close();
      throw new ConnectionClosedException("TLS handshake timed out");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ConnectionClosedException("the session was interrupted");
    }
  }

  @Override
  public void startCompression() throws IOException {
    if (compressed) {
      throw new IllegalStateException("compression is on already on " + id);
    }
    output.startDeflating();
    input.startInflating();
    compressed = true;
  }

  @Override
  public boolean isCompressed() {
    return compressed;
  }

  @Override
  public void idleTimeout(Duration timeout) {
    input.idleTimeout(timeout);
  }

  @Override
  public Wakeup await(Duration max) throws IOException {
    long end = System.nanoTime() + Math.min(Inbox.nanos(max), Long.MAX_VALUE / 2);
    output.flush();
    while (true) {
      if (input.available() > 0) {
        return Wakeup.INPUT;
      }
      Wakeup wakeup = inbox.await(end - System.nanoTime());
      // a chunk may inflate to nothing yet
      if (wakeup != Wakeup.INPUT || input.available() > 0 || input.hasEnded()) {
        return wakeup;
      }
    }
  }

  @Override
  public void wake() {
    inbox.wake();
  }

  /** The server stops: the session is told at its next wait. */
  void stop() {
    inbox.stop();
  }

  @Override
  public boolean isLoopback() {
    return !proxied && remoteAddress.getAddress().isLoopbackAddress();
  }

  @Override
  public void close() {
    inbox.close("the connection was closed by the server");
    channel.close();
  }

  @Override
  public String toString() {
    return id;
  }
}
