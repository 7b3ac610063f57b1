package org.postrider.wire;

import io.netty.channel.Channel;
import java.net.InetSocketAddress;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A bound port.
 *
 * @param open how many of its connections have a session
 */
record Listener(ListenerSpec spec, Channel channel, AtomicInteger open) {
  InetSocketAddress address() {
    return (InetSocketAddress) channel.localAddress();
  }
}
