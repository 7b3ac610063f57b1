package org.postrider.wire;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The end of the pipeline: puts what the channel has to say into the session's inbox. */
final class SessionHandler extends ChannelInboundHandlerAdapter {
  private static final Logger log = LoggerFactory.getLogger(SessionHandler.class);

  private final ChannelConnection connection;
  private final Inbox inbox;

  SessionHandler(ChannelConnection connection) {
    this.connection = connection;
    this.inbox = connection.inbox();
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (message instanceof ByteBuf chunk) {
      inbox.offer(chunk);
    } else {
      ReferenceCountUtil.release(message);
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof ChannelInputShutdownEvent || event instanceof SslCloseCompletionEvent) {
      connection.clientEnded();
      SslHandler ssl = ctx.pipeline().get(SslHandler.class);
      if (ssl != null && !ssl.handshakeFuture().isDone()) {
        ctx.close(); // nothing else would end the handshake before its timeout
      }
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    inbox.disconnected();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    log.debug("{} is closed: {}", connection.id(), cause.toString());
    ctx.close();
  }
}
