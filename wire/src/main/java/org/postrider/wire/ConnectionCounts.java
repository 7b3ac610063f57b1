package org.postrider.wire;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** Counts open connections, in all and by client network. Safe for use by several threads. */
final class ConnectionCounts {
  /** An IPv4 address or an IPv6 /64: what one customer gets. */
  private record Network(long prefix, boolean ipv6) {
    static Network of(InetAddress address) {
      ByteBuffer octets = ByteBuffer.wrap(address.getAddress());
      return octets.remaining() == 4
          ? new Network(octets.getInt(), false)
          : new Network(octets.getLong(), true);
    }
  }

  private final AtomicInteger total = new AtomicInteger();
  private final ConcurrentHashMap<Network, Integer> byNetwork = new ConcurrentHashMap<>();

  /** Counts one more in all, unless that is more than {@code max}. */
  boolean enter(int max) {
    if (total.incrementAndGet() <= max) {
      return true;
    }
    total.decrementAndGet();
    return false;
  }

  void leave() {
    total.decrementAndGet();
  }

  /** Counts one more of the address's network, unless that is more than {@code max}. */
  boolean enter(InetAddress address, int max) {
    boolean[] entered = {false};
    byNetwork.compute(
        Network.of(address),
        (network, count) -> {
          int before = count == null ? 0 : count;
          entered[0] = before < max;
          return entered[0] ? Integer.valueOf(before + 1) : count;
        });
    return entered[0];
  }

  void leave(InetAddress address) {
    byNetwork.computeIfPresent(
        Network.of(address), (network, count) -> count == 1 ? null : count - 1);
  }
}
