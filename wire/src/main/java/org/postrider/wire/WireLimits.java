package org.postrider.wire;

import java.time.Duration;
import java.util.List;

/**
 * Limits of connections.
 *
 * @param connectionsMax over all listeners
 * @param connectionsPerAddressMax of one client address (an IPv6 /64 counts as one); loopback is
 *     exempt
 * @param idleTimeout before a session sets its own
 * @param writeTimeout how long a client may refuse to read
 * @param handshakeTimeout for TLS and the PROXY header
 * @param proxyTrusted addresses or CIDR blocks whose connections start with a PROXY header (v1 or
 *     v2); from all others it is not accepted
 */
public record WireLimits(
    int connectionsMax,
    int connectionsPerAddressMax,
    Duration idleTimeout,
    Duration writeTimeout,
    Duration handshakeTimeout,
    List<String> proxyTrusted) {

  public static WireLimits defaults() {
    return new WireLimits(
        20_000,
        200,
        Duration.ofMinutes(5),
        Duration.ofMinutes(2),
        Duration.ofSeconds(30),
        List.of());
  }
}
