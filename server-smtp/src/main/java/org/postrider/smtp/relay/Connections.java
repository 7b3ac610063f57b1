package org.postrider.smtp.relay;

import java.io.IOException;
import java.net.InetAddress;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;
import org.postrider.smtp.relay.NextHop.Hosts;
import org.postrider.smtp.relay.NextHop.MailHost;
import org.postrider.smtp.relay.NextHop.Unknown;
import org.postrider.storage.DeliveryQueue.Recipient;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The connections to other servers: so many at a time and no more. */
final class Connections {
  private static final Logger log = LoggerFactory.getLogger(Connections.class);

  private final RelaySettings settings;
  private final PeerTls tls;
  private final NextHops nextHops;
  private final Map<Peer, Boolean> peers = new ConcurrentHashMap<>();
  private final Semaphore permits;

  Connections(RelaySettings settings, PeerTls tls, NextHops nextHops) {
    this.settings = settings;
    this.tls = tls;
    this.nextHops = nextHops;
    this.permits = new Semaphore(settings.connections(), true);
  }

  /**
   * Connects to the first of the recipient's hosts that takes us; waits while there are too many.
   *
   * @throws PeerRefusal when no host takes us, with what the last one said
   * @throws IOException when no host could be reached
   */
  Peer open(Recipient recipient, TlsWish wish)
      throws PeerRefusal, IOException, InterruptedException {
    NextHop hop = nextHops.of(recipient, wish);
    if (hop instanceof Unknown(Outcome outcome)) {
      throw new PeerRefusal(outcome);
    }
    permits.acquire();
    boolean connected = false;
    try {
      Peer peer = first((Hosts) hop, wish);
      peers.put(peer, true);
      connected = true;
      return peer;
    } finally {
      if (!connected) {
        permits.release();
      }
    }
  }

  private Peer first(Hosts hosts, TlsWish wish) throws PeerRefusal, IOException {
    @Nullable PeerRefusal refusal = null;
    @Nullable IOException unreachable = null;
    for (MailHost host : hosts.hosts()) {
      for (InetAddress address : host.addresses()) {
        try {
          Peer peer = Peer.open(host, address, settings, tls);
          if (wish != TlsWish.REQUIRED || peer.offers(Letter.REQUIRETLS)) {
            return peer;
          }
          peer.close();
          refusal = new PeerRefusal(withoutRequireTls(host));
        } catch (PeerRefusal e) {
          refusal = e;
        } catch (IOException e) {
          log.debug("relay: {} [{}]", host.name(), address.getHostAddress(), e);
          unreachable =
              new PeerException(
                  host.name() + " [" + address.getHostAddress() + "]: " + reason(e), e);
        }
      }
    }
    if (refusal != null && (unreachable == null || !refusal.outcome().isFailed())) {
      throw refusal;
    }
    throw unreachable == null ? new PeerException("no host") : unreachable;
  }

  private static Outcome withoutRequireTls(MailHost host) {
    return new Outcome(
        Outcome.Kind.FAILED,
        "5.7.30", // RFC 8689 §4.2.1
        host.name() + " does not support REQUIRETLS",
        "");
  }

  /** One line, for the sender and the log. */
  static String reason(IOException e) {
    return e instanceof PeerException && e.getMessage() != null
        ? e.getMessage()
        : e.getMessage() == null
            ? e.getClass().getSimpleName()
            : e.getClass().getSimpleName() + ": " + e.getMessage();
  }

  /** Whether those that are left are kept for destinations that have none. */
  boolean areScarce() {
    return permits.availablePermits() < settings.connections() / 2;
  }

  /** Whether there are none left. */
  boolean areShort() {
    return permits.availablePermits() == 0;
  }

  /** Whether somebody waits for one. */
  boolean areAwaited() {
    return permits.hasQueuedThreads();
  }

  /** Ends a connection, if it is there and was not ended before. */
  void close(@Nullable Peer peer) {
    if (peer != null && peers.remove(peer) != null) {
      peer.close();
      permits.release();
    }
  }

  /** Breaks off all that is under way. */
  void abort() {
    peers.keySet().forEach(Peer::abort);
  }
}
