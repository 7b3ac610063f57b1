package org.postrider.server;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.postrider.auth.Authenticator;
import org.postrider.control.ControlLimits;
import org.postrider.control.ControlServer;
import org.postrider.control.DataDirectory;
import org.postrider.control.operation.Refusal;
import org.postrider.imap.search.IndexedTexts;
import org.postrider.server.config.Configuration;
import org.postrider.server.config.ConfigurationLoader;
import org.postrider.server.config.HousekeepingSettings;
import org.postrider.smtp.relay.Relay;
import org.postrider.smtp.relay.RelaySettings;
import org.postrider.storage.AccountId;
import org.postrider.storage.StorageException;
import org.postrider.storage.Store;
import org.postrider.storage.index.ContentIndex;
import org.postrider.storage.index.IndexLimits;
import org.postrider.storage.index.TextIndex;
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
  private final @Nullable ContentIndex index;
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
    this.index = parts.index;
    this.configuration = configuration;
    this.source = source;
    this.started = Instant.now();
    this.control = ControlServer.start(new ServerAdministration(this), ControlLimits.defaults());
    HousekeepingSettings housekeeping = configuration.housekeeping();
    this.sweeper = Sweeper.start(store.contents(), housekeeping.sweepInterval());
    this.housekeeper = Housekeeper.start(store, housekeeping, Clock.systemUTC());
    if (index != null) {
      index.start();
    }
    RelaySettings relaying = configuration.relay();
    this.relay = relaying == null ? null : Relay.start(store, relaying, Clock.systemUTC());
  }

  /** What must be there before the server is. */
  private record Parts(
      Store store, Authenticator authenticator, WireServer wire, @Nullable ContentIndex index) {}

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
      ContentIndex index = index(configuration, store);
      FrontEnds frontEnds =
          new FrontEnds(
              configuration, store, authenticator, clock, index == null ? TextIndex.NONE : index);
      WireServer wire =
          WireServer.start(frontEnds.listeners(), configuration.wire(), tls(configuration));
      store.whenReopened(() -> {
        wire.endSessions();
        if (index != null) {
          index.reread();
        }
      });
      try {
        return new MailServer(new Parts(store, authenticator, wire, index), configuration, source);
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

  /** The index of the store; null when it is off, or the store has no directory. */
  private static @Nullable ContentIndex index(Configuration configuration, Store store)
      throws IOException {
    Path directory = configuration.store().directory().orElse(null);
    if (directory == null) {
      return null;
    }
    Path files = directory.resolve(ContentIndex.DIRECTORY);
    if (!configuration.housekeeping().searchIndex()) {
      ContentIndex.remove(files); // it would not hear of what is deleted
      return null;
    }
    return new ContentIndex(store, files, new IndexedTexts(store.contents()), IndexLimits.DEFAULT);
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

  Optional<ContentIndex> index() {
    return Optional.ofNullable(index);
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
    if (index != null) {
      index.close();
    }
    store.close();
  }
}
