package org.postrider.wire;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Listens, accepts, and gives each connection a virtual thread that runs its {@link
 * ConnectionHandler}.
 */
public final class WireServer implements AutoCloseable {
  private WireServer() {}

  /**
   * Binds all listeners, or none.
   *
   * @param tls null when there is no TLS at all; then no listener may be implicit
   * @throws IOException with the name and address of the listener that could not be bound
   */
  public static WireServer start(
      List<ListenerSpec> listeners, WireLimits limits, @Nullable TlsSettings tls)
      throws IOException {
    throw new UnsupportedOperationException();
  }

  /** Where each listener is bound, by name; tells the port that was chosen for port 0. */
  public Map<String, InetSocketAddress> addresses() {
    throw new UnsupportedOperationException();
  }

  /** Open connections by listener name. */
  public Map<String, Integer> connections() {
    throw new UnsupportedOperationException();
  }

  /** New connections get the new certificate and limits. */
  public void reconfigure(WireLimits limits, @Nullable TlsSettings tls) throws IOException {
    throw new UnsupportedOperationException();
  }

  /**
   * Stops to accept, lets sessions say goodbye for at most {@code grace}, then closes what is left.
   */
  public void stop(Duration grace) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void close() {
    stop(Duration.ZERO);
  }
}
