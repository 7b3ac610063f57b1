package org.postrider.wire;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.haproxy.HAProxyCommand;
import io.netty.handler.codec.haproxy.HAProxyMessage;
import io.netty.handler.codec.haproxy.HAProxyMessageDecoder;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.NetUtil;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What an accepted connection goes through before it has a session: limits, the PROXY header where
 * its address is trusted to send one, the handshake where TLS is implicit. Then it gives its place
 * in the pipeline to a {@link SessionHandler}.
 */
final class Arrival extends ChannelInboundHandlerAdapter {
  private static final Logger log = LoggerFactory.getLogger(Arrival.class);

  private final WireServer server;
  private final ListenerSpec listener;
  private final AtomicInteger open;
  private @Nullable Future<?> proxyTimer;

  /**
   * @param open counts the listener's connections that have a session
   */
  Arrival(WireServer server, ListenerSpec listener, AtomicInteger open) {
    this.server = server;
    this.listener = listener;
    this.open = open;
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) throws Exception {
    Configuration configuration = server.acquire();
    ctx.channel().closeFuture().addListener(closed -> configuration.release());
    if (!server.counts().enter(configuration.limits().connectionsMax())) {
      refuse(ctx, "over the limit of connections");
      return;
    }
    ctx.channel().closeFuture().addListener(closed -> server.counts().leave());
    InetSocketAddress peer = AddressBlock.plain((InetSocketAddress) ctx.channel().remoteAddress());
    if (!configuration.trusts(peer.getAddress())) {
      admit(ctx, configuration, peer, false);
      return;
    }
    ctx.pipeline().addFirst(new HAProxyMessageDecoder());
    ctx.pipeline().replace(this, null, new ProxyHeader(configuration, peer));
    proxyTimer =
        ctx.channel()
            .eventLoop()
            .schedule(
                () -> ctx.channel().close(),
                configuration.limits().handshakeTimeout().toMillis(),
                TimeUnit.MILLISECONDS);
  }

  /** Waits for the header of a trusted proxy. */
  private final class ProxyHeader extends ChannelInboundHandlerAdapter {
    private final Configuration configuration;
    private final InetSocketAddress proxy;

    ProxyHeader(Configuration configuration, InetSocketAddress proxy) {
      this.configuration = configuration;
      this.proxy = proxy;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) throws Exception {
      try {
        if (message instanceof HAProxyMessage header) {
          if (proxyTimer != null) {
            proxyTimer.cancel(false);
          }
          admit(ctx, configuration, client(header), true);
        }
      } finally {
        ReferenceCountUtil.release(message);
      }
    }

    /** The client as the header names it; the proxy itself for LOCAL and UNKNOWN. */
    private InetSocketAddress client(HAProxyMessage header) throws UnknownHostException {
      String source = header.sourceAddress();
      byte[] octets = source == null ? null : NetUtil.createByteArrayFromIpAddressString(source);
      if (header.command() == HAProxyCommand.LOCAL || octets == null) {
        return proxy;
      }
      return AddressBlock.plain(
          new InetSocketAddress(InetAddress.getByAddress(octets), header.sourcePort()));
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
      if (event instanceof ChannelInputShutdownEvent) {
        ctx.close();
      }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
      if (proxyTimer != null) {
        proxyTimer.cancel(false);
      }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      log.info(
          "no PROXY header from {}: {}", proxy.getAddress().getHostAddress(), cause.toString());
      ctx.close();
    }
  }

  private void admit(
      ChannelHandlerContext ctx,
      Configuration configuration,
      InetSocketAddress client,
      boolean proxied) {
    ChannelConnection connection =
        new ChannelConnection(
            server.nextId(),
            ctx.channel(),
            client,
            proxied,
            configuration.limits(),
            configuration.tls());
    InetAddress address = client.getAddress();
    if (!connection.isLoopback()) {
      if (!server.counts().enter(address, configuration.limits().connectionsPerAddressMax())) {
        refuse(ctx, "over the limit of its address");
        return;
      }
      ctx.channel().closeFuture().addListener(closed -> server.counts().leave(address));
    }
    SessionHandler session = new SessionHandler(connection);
    ctx.pipeline().replace(ctx.handler(), null, session);
    TlsContext tls = configuration.tls();
    if (listener.implicitTls() && tls != null) {
      shakeHands(ctx, configuration, tls, connection);
    } else {
      server.serve(listener, open, ctx.channel(), connection);
    }
  }

  private void shakeHands(
      ChannelHandlerContext ctx,
      Configuration configuration,
      TlsContext tls,
      ChannelConnection connection) {
    SslHandler handler =
        tls.newHandler(ctx.channel().alloc(), configuration.limits().handshakeTimeout());
    ctx.pipeline().addBefore(ctx.pipeline().lastContext().name(), null, handler);
    handler
        .handshakeFuture()
        .addListener(handshake -> {
          if (handshake.isSuccess()) {
            connection.secured(tls.session(handler.engine().getSession()));
            server.serve(listener, open, ctx.channel(), connection);
          } else {
            log.debug("{}: TLS handshake failed: {}", connection.id(), handshake.cause());
            ctx.channel().close();
          }
        });
  }

  private void refuse(ChannelHandlerContext ctx, String why) {
    log.info("{}: refused {}: {}", listener.name(), ctx.channel().remoteAddress(), why);
    if (listener.implicitTls()) {
      ctx.close();
    } else {
      byte[] reply = listener.busyReply().getBytes(StandardCharsets.UTF_8);
      ctx.channel()
          .writeAndFlush(Unpooled.wrappedBuffer(reply))
          .addListener(ChannelFutureListener.CLOSE);
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    ReferenceCountUtil.release(message); // of a client that is being refused
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    log.debug("{}: {}", listener.name(), cause.toString());
    ctx.close();
  }
}
