package org.postrider.server;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.postrider.auth.Authenticator;
import org.postrider.control.ControlLimits;
import org.postrider.control.ControlServer;
import org.postrider.control.DataDirectory;
import org.postrider.control.operation.Refusal;
import org.postrider.server.config.Configuration;
import org.postrider.server.config.ConfigurationLoader;
import org.postrider.server.config.HousekeepingSettings;
import org.postrider.smtp.relay.Relay;
import org.postrider.smtp.relay.RelaySettings;
import org.postrider.storage.AccountId;
import org.postrider.storage.StorageException;
import org.postrider.storage.Store;
import org.postrider.wire.SelfSignedCertificate;
import org.postrider.wire.TlsSettings;
import org.postrider.wire.WireServer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The suite: store, front-ends, listeners and control socket, put together and taken apart. */
final class MailServer implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(MailServer.class);

  /** Together with the closing of the store, well within the ten seconds of `docker stop`. */
  private static final Duration FAREWELL_MAX = Duration.ofSeconds(5);

  private final Store store;
  private final Authenticator authenticator;
  private final WireServer wire;
  private final Sweeper sweeper;
  private final Housekeeper housekeeper;
  private final @Nullable Relay relay;
  private final ControlServer control;
  private final Instant started;
  private final ConfigurationSource source;
  private Configuration configuration;
  private boolean closed;

  private MailServer(Parts parts, Configuration configuration, ConfigurationSource source)
      throws IOException {
    this.store = parts.store;
    this.authenticator = parts.authenticator;
    this.wire = parts.wire;
    this.configuration = configuration;
    this.source = source;
    this.started = Instant.now();
    this.control = ControlServer.start(new ServerAdministration(this), ControlLimits.defaults());
    HousekeepingSettings housekeeping = configuration.housekeeping();
    this.sweeper = Sweeper.start(store.contents(), housekeeping.sweepInterval());
    this.housekeeper = Housekeeper.start(store, housekeeping, Clock.systemUTC());
    RelaySettings relaying = configuration.relay();
    this.relay = relaying == null ? null : Relay.start(store, relaying, Clock.systemUTC());
  }

  /** What must be there before the server is. */
  private record Parts(Store store, Authenticator authenticator, WireServer wire) {}

  /**
   * Starts everything, or nothing.
   *
   * @param source for a later reload
   * @throws Refusal with one sentence for the administrator
   */
  static MailServer start(Configuration configuration, ConfigurationSource source) throws Refusal {
    Store store = open(configuration);
    try {
      Clock clock = Clock.systemUTC();
      Authenticator authenticator =
          new Authenticator(new StoreCredentials(store.directory()), configuration.auth(), clock);
      FrontEnds frontEnds = new FrontEnds(configuration, store, authenticator, clock);
      WireServer wire =
          WireServer.start(frontEnds.listeners(), configuration.wire(), tls(configuration));
      store.whenReopened(wire::endSessions);
      try {
        return new MailServer(new Parts(store, authenticator, wire), configuration, source);
      } catch (IOException | RuntimeException e) {
        wire.close();
        throw e;
      }
    } catch (IOException e) {
      store.close();
      throw new Refusal(Refusal.Reason.UNAVAILABLE, "The server cannot start: " + e.getMessage());
    } catch (RuntimeException e) {
      store.close();
      throw e;
    }
  }

  private static Store open(Configuration configuration) throws Refusal {
    try {
      DataDirectory.ensure(configuration.data());
      return Store.open(configuration.store(), Clock.systemUTC());
    } catch (StorageException e) {
      throw Refusal.of(e);
    }
  }

  /** The certificate of the configuration, or the one of the data directory. */
  private static TlsSettings tls(Configuration configuration) throws IOException {
    TlsSettings configured = configuration.tls();
    if (configured != null) {
      return configured;
    }
    Set<String> names = new LinkedHashSet<>();
    names.add(configuration.hostname());
    names.addAll(List.of("localhost", "127.0.0.1", "::1"));
    TlsSettings own = SelfSignedCertificate.ensure(configuration.data(), List.copyOf(names));
    log.info(
        "tls: no tls.certificate is set, so the self-signed {} is used: mail clients will ask"
            + " whether to trust it (SHA-256 {})",
        own.certificateChain(),
        SelfSignedCertificate.fingerprint(own));
    return own;
  }

  Configuration configuration() {
    synchronized (this) {
      return configuration;
    }
  }

  Store store() {
    return store;
  }

  Authenticator authenticator() {
    return authenticator;
  }

  Instant started() {
    return started;
  }

  /** Where each service is bound. */
  Map<String, InetSocketAddress> addresses() {
    return wire.addresses();
  }

  /** Open connections by service. */
  Map<String, Integer> connections() {
    return wire.connections();
  }

  void forgetCredential(AccountId account) {
    authenticator.forget(account.value());
  }

  /**
   * Takes certificates and limits of the configuration as it is now.
   *
   * @return the keys that need a restart
   */
  List<String> reload() throws Refusal {
    synchronized (this) {
      Configuration next = source.load();
      List<String> needRestart =
          new ArrayList<>(ConfigurationLoader.needRestart(configuration, next));
      try {
        wire.reconfigure(next.wire(), tls(next));
      } catch (IOException e) {
        throw new Refusal(
            Refusal.Reason.CANNOT, "The configuration stays as it was: " + e.getMessage());
      }
      Logging.level(next.logLevel());
      if (needRestart.isEmpty()) {
        configuration = next;
      }
      log.info("reload: certificates and limits are taken anew");
      return needRestart;
    }
  }

  /** Stops: sessions say goodbye, then the store is closed. */
  @Override
  public void close() {
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
    }
    try {
      control.close();
    } catch (IOException e) {
      log.warn("The control socket was not closed cleanly", e);
    }
    wire.stop(FAREWELL_MAX);
    if (relay != null) {
      relay.close();
    }
    sweeper.close();
    housekeeper.close();
    store.close();
  }
}
