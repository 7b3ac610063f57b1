package org.postrider.wire;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Listens, accepts, and gives each connection a virtual thread that runs its {@link
 * ConnectionHandler}. Its own threads are daemons: they do not keep the process alive.
 */
public final class WireServer implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(WireServer.class);
  private static final int BACKLOG = 1024;

  /** How often idle timeouts are looked for: they are that exact. */
  private static final Duration EXPIRY_INTERVAL = Duration.ofMillis(500);

  /** How long a closed session may take to notice. */
  private static final Duration FAREWELL = Duration.ofSeconds(5);

  private final Natives natives;
  private final EventLoopGroup eventLoops;
  private final ChannelGroup channels = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE, true);
  private final List<Listener> listeners = new ArrayList<>();
  private final ConnectionCounts counts = new ConnectionCounts();
  private final AtomicLong ids = new AtomicLong();
  private final Set<ChannelConnection> sessions = ConcurrentHashMap.newKeySet();
  private final Object sessionEnded = new Object();
  private final Object configurationLock = new Object();
  private Configuration configuration;
  private final Object stopLock = new Object();
  private volatile boolean stopping;
  private boolean stopped;

  private WireServer(Configuration configuration, Natives natives) {
    this.configuration = configuration;
    this.natives = natives;
    // sessions need the other half of the processors
    int loops = Math.max(1, Runtime.getRuntime().availableProcessors() / 2);
    this.eventLoops =
        new MultiThreadIoEventLoopGroup(
            loops, new DefaultThreadFactory("wire", true), natives.ioHandlers());
    eventLoops.scheduleWithFixedDelay(
        this::expire,
        EXPIRY_INTERVAL.toMillis(),
        EXPIRY_INTERVAL.toMillis(),
        TimeUnit.MILLISECONDS);
  }

  private void expire() {
    long now = System.nanoTime();
    sessions.forEach(session -> session.inbox().expire(now));
  }

  /**
   * Binds all listeners, or none.
   *
   * @param tls null when there is no TLS at all; then no listener may be implicit
   * @throws IOException with the name and address of the listener that could not be bound, or with
   *     the file or the limit that is wrong
   */
  public static WireServer start(
      List<ListenerSpec> listeners, WireLimits limits, @Nullable TlsSettings tls)
      throws IOException {
    return start(listeners, limits, tls, Natives.available());
  }

  static WireServer start(
      List<ListenerSpec> listeners, WireLimits limits, @Nullable TlsSettings tls, Natives natives)
      throws IOException {
    for (ListenerSpec listener : listeners) {
      if (listener.implicitTls() && tls == null) {
        throw new IOException(listener.name() + " needs a TLS certificate, and there is none");
      }
    }
    WireServer server = new WireServer(Configuration.load(limits, tls, natives), natives);
    try {
      for (ListenerSpec listener : listeners) {
        server.bind(listener);
      }
    } catch (IOException e) {
      server.close();
      throw e;
    }
    server.listeners.forEach(listener -> listener.channel().config().setAutoRead(true));
    return server;
  }

  /** Binds, and accepts nothing yet: all listeners open together. */
  private void bind(ListenerSpec spec) throws IOException {
    AtomicInteger open = new AtomicInteger();
    ServerBootstrap bootstrap =
        new ServerBootstrap()
            .group(eventLoops)
            .channel(natives.serverChannel())
            .option(ChannelOption.AUTO_READ, false)
            .option(ChannelOption.SO_REUSEADDR, true)
            .option(ChannelOption.SO_BACKLOG, BACKLOG)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childOption(ChannelOption.SO_KEEPALIVE, true)
            .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
            .childHandler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    channels.add(channel);
                    channel.pipeline().addLast(new Arrival(WireServer.this, spec, open));
                  }
                });
    ChannelFuture bound = bootstrap.bind(spec.address()).awaitUninterruptibly();
    if (!bound.isSuccess()) {
      throw new IOException(
          "cannot listen for "
              + spec.name()
              + " on "
              + spec.address()
              + ": "
              + whyNotBound(spec.address(), bound.cause()),
          bound.cause());
    }
    listeners.add(new Listener(spec, bound.channel(), open));
  }

  /** The JDK has words where the native transports have a number alone. */
  private static String whyNotBound(InetSocketAddress address, Throwable cause) {
    try (ServerSocket probe = new ServerSocket()) {
      probe.bind(address);
      return String.valueOf(cause.getMessage());
    } catch (IOException e) {
      return String.valueOf(e.getMessage());
    }
  }

  /** Where each listener is bound, by name; tells the port that was chosen for port 0. */
  public Map<String, InetSocketAddress> addresses() {
    Map<String, InetSocketAddress> addresses = new LinkedHashMap<>();
    listeners.forEach(listener -> addresses.put(listener.spec().name(), listener.address()));
    return addresses;
  }

  /** Open connections by listener name. */
  public Map<String, Integer> connections() {
    Map<String, Integer> open = new LinkedHashMap<>();
    listeners.forEach(listener -> open.put(listener.spec().name(), listener.open().get()));
    return open;
  }

  /**
   * New connections get the new certificate and limits.
   *
   * @throws IOException when they cannot be used; then the old ones stay
   */
  public void reconfigure(WireLimits limits, @Nullable TlsSettings tls) throws IOException {
    for (Listener listener : listeners) {
      if (listener.spec().implicitTls() && tls == null) {
        throw new IOException(
            listener.spec().name() + " needs a TLS certificate, and there is none");
      }
    }
    Configuration replacement = Configuration.load(limits, tls, natives);
    synchronized (configurationLock) {
      configuration.release();
      configuration = replacement;
    }
  }

  /** The configuration of a new connection, which releases it when it ends. */
  Configuration acquire() {
    synchronized (configurationLock) {
      configuration.retain();
      return configuration;
    }
  }

  /** All open channels but the listeners'. */
  ChannelGroup channels() {
    return channels;
  }

  ConnectionCounts counts() {
    return counts;
  }

  String nextId() {
    return Long.toString(ids.incrementAndGet(), Character.MAX_RADIX);
  }

  /** Gives the connection its thread. */
  void serve(ListenerSpec spec, AtomicInteger open, Channel channel, ChannelConnection connection) {
    open.incrementAndGet();
    channel.closeFuture().addListener(closed -> open.decrementAndGet());
    sessions.add(connection);
    if (stopping) {
      connection.stop();
    }
    Thread.ofVirtual()
        .name(connection.id())
        .start(() -> {
          try {
            connection.serve(spec.handler());
          } finally {
            sessions.remove(connection);
            synchronized (sessionEnded) {
              sessionEnded.notifyAll();
            }
          }
        });
  }

  /** Has all sessions that are open say goodbye and end, each after its command; does not wait. */
  public void endSessions() {
    sessions.forEach(ChannelConnection::stop);
  }

  /**
   * Stops to accept, lets sessions say goodbye for at most {@code grace}, then closes what is left.
   */
  public void stop(Duration grace) {
    synchronized (stopLock) {
      if (!stopped) {
        stopped = true;
        stopOnce(grace);
      }
    }
  }

  private void stopOnce(Duration grace) {
    stopping = true;
    listeners.forEach(listener -> listener.channel().close().awaitUninterruptibly());
    sessions.forEach(ChannelConnection::stop);
    awaitSessions(grace);
    sessions.forEach(ChannelConnection::close);
    awaitSessions(FAREWELL);
    if (!sessions.isEmpty()) {
      log.warn("sessions that do not end: {}", sessions);
    }
    channels.close().awaitUninterruptibly();
    eventLoops.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
    synchronized (configurationLock) {
      configuration.release();
    }
  }

  private void awaitSessions(Duration max) {
    long end = System.nanoTime() + Math.min(Inbox.nanos(max), Long.MAX_VALUE / 2);
    synchronized (sessionEnded) {
      while (!sessions.isEmpty()) {
        long millis = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
        if (millis <= 0) {
          return;
        }
        try {
          sessionEnded.wait(millis);
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          return;
        }
      }
    }
  }

  @Override
  public void close() {
    stop(Duration.ZERO);
  }
}
