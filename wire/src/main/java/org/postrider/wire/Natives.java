package org.postrider.wire;

import io.netty.channel.IoHandlerFactory;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslProvider;

/**
 * Which native code is used in place of the JDK's.
 *
 * @param transport epoll for sockets; about a third less CPU than NIO
 * @param tls BoringSSL; twice the handshakes and 2.5 times the bulk rate of the JDK, but it offers
 *     no exporter (RFC 9266)
 */
record Natives(boolean transport, boolean tls) {
  static final Natives NONE = new Natives(false, false);

  /** All that loads on this machine. */
  static Natives available() {
    return new Natives(Epoll.isAvailable(), OpenSsl.isAvailable());
  }

  IoHandlerFactory ioHandlers() {
    return transport ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
  }

  Class<? extends ServerChannel> serverChannel() {
    return transport ? EpollServerSocketChannel.class : NioServerSocketChannel.class;
  }

  SslProvider sslProvider() {
    return tls ? SslProvider.OPENSSL_REFCNT : SslProvider.JDK;
  }
}
