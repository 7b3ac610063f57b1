package org.postrider.smtp;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.postrider.auth.AuthSettings;
import org.postrider.auth.Authenticator;
import org.postrider.auth.CredentialSource;
import org.postrider.auth.StoredCredential;
import org.postrider.smtp.SmtpSettings.ExtensionLimits;
import org.postrider.smtp.SmtpSettings.Role;
import org.postrider.smtp.check.MailCheck;
import org.postrider.storage.Account;
import org.postrider.storage.AccountId;
import org.postrider.storage.ContentWriter;
import org.postrider.storage.Delivery;
import org.postrider.storage.Delivery.Target;
import org.postrider.storage.Directory;
import org.postrider.storage.Mailbox;
import org.postrider.storage.StagedContent;
import org.postrider.storage.Store;
import org.postrider.storage.StoreCondition;
import org.postrider.storage.StoreSettings;
import org.postrider.wire.AddressBlock;
import org.postrider.wire.ListenerSpec;
import org.postrider.wire.SelfSignedCertificate;
import org.postrider.wire.TlsSettings;
import org.postrider.wire.WireLimits;
import org.postrider.wire.WireServer;

/**
 * A store in memory with some people in it, and SMTP servers of every kind over it, on loopback.
 * Passwords are {@code secret}; Carol is disabled, Dave's mailbox is full.
 */
final class SmtpFixture implements AutoCloseable {
  static final String HOSTNAME = "mx.example.org";

  private final Store store;
  private final Authenticator authenticator;
  private final List<WireServer> servers = new ArrayList<>();

  private SmtpFixture(Path directory) throws IOException {
    store = Store.open(StoreSettings.inMemory("smtp-" + UUID.randomUUID()), Clock.systemUTC());
    populate(store.directory());
    fillMailbox("dave@example.org");
    authenticator =
        new Authenticator(
            new StoreCredentials(store.directory()),
            new AuthSettings(
                Duration.ofMillis(1),
                Duration.ofMillis(2),
                Duration.ofSeconds(1),
                Duration.ofMinutes(5),
                Duration.ofMinutes(5),
                100,
                1000,
                AuthSettings.ITERATIONS_MIN),
            Clock.systemUTC());
    SmtpSettings mx = SmtpSettings.defaults(HOSTNAME, Role.MX);
    SmtpSettings submission = SmtpSettings.defaults(HOSTNAME, Role.SUBMISSION);
    SmtpSettings limits =
        new SmtpSettings(
            HOSTNAME,
            Role.MX,
            2000,
            1000,
            3,
            5,
            600,
            1000,
            5,
            Duration.ofMinutes(5),
            ExtensionLimits.defaults(),
            SmtpSettings.LOOPBACK);
    SmtpSettings few =
        mx.withExtensions(
            new ExtensionLimits(2, 1, Duration.ZERO, List.of(AddressBlock.parse("127.0.0.0/8"))));
    SmtpSettings lmtp = SmtpSettings.defaults(HOSTNAME, Role.LMTP);
    TlsSettings tls = SelfSignedCertificate.ensure(directory, List.of(HOSTNAME, "127.0.0.1"));
    servers.add(
        WireServer.start(
            List.of(
                listener("mx", mx, false, authenticator),
                listener("submission", submission, false, authenticator),
                listener("submissions", submission, true, authenticator),
                listener("lmtp", lmtp, false, authenticator),
                listener("strangers", lmtp.trusting(List.of()), false, authenticator),
                listener("limits", limits, false, authenticator),
                listener("few", few, false, authenticator),
                listener("idle", mx.withIdleTimeout(Duration.ofMillis(400)), false, authenticator)),
            WireLimits.defaults(),
            tls));
    WireLimits defaults = WireLimits.defaults();
    WireLimits proxied =
        new WireLimits(
            defaults.connectionsMax(),
            defaults.connectionsPerAddressMax(),
            defaults.idleTimeout(),
            defaults.writeTimeout(),
            defaults.handshakeTimeout(),
            List.of("127.0.0.1"));
    servers.add(
        WireServer.start(
            List.of(listener("proxied", submission, false, authenticator)), proxied, tls));
  }

  static SmtpFixture start(Path directory) throws IOException {
    return new SmtpFixture(directory);
  }

  /** One more server, which asks checks about mail. */
  void serve(String name, Role role, List<MailCheck> checks) throws IOException {
    SmtpFrontEnd frontEnd =
        new SmtpFrontEnd(
            SmtpSettings.defaults(HOSTNAME, role), store, authenticator, Clock.systemUTC(), checks);
    servers.add(
        WireServer.start(
            List.of(
                new ListenerSpec(
                    name, new InetSocketAddress("127.0.0.1", 0), false, frontEnd, "421 busy\r\n")),
            WireLimits.defaults(),
            null));
  }

  private ListenerSpec listener(
      String name, SmtpSettings settings, boolean tls, Authenticator authenticator) {
    return new ListenerSpec(
        name,
        new InetSocketAddress("127.0.0.1", 0),
        tls,
        new SmtpFrontEnd(settings, store, authenticator, Clock.systemUTC()),
        "421 4.7.0 Too many connections\r\n");
  }

  private static void populate(Directory directory) {
    String credential = StoredCredential.ofPassword("secret", AuthSettings.ITERATIONS_MIN).text();
    directory.addDomain("example.org");
    directory.addDomain("example.net");
    for (String name : List.of("alice", "bob", "carol", "dave", "jürgen", "jim")) {
      directory.createAccount(name + "@example.org", credential);
    }
    directory.createAccount("alice@example.net", credential);
    directory.setEnabled(id(directory, "carol@example.org"), false);
    directory.setQuota(id(directory, "dave@example.org"), 1000, 1);
    directory.addAlias("team@example.org", List.of("alice@example.org", "bob@example.org"));
    directory.addAlias("outside@example.org", List.of("someone@remote.example"));
    directory.addAlias("*@example.net", List.of("bob@example.org"));
  }

  private void fillMailbox(String login) {
    try (ContentWriter writer = store.contents().write()) {
      writer.write(new byte[] {'\r', '\n'}, 0, 2);
      try (StagedContent content = writer.finish()) {
        Target target = new Target(id(store.directory(), login), "INBOX", login);
        Delivery delivery =
            new Delivery(content, "", List.of(target), List.of(), "", 0, "fixture", null);
        store.queue().deliver(delivery);
      }
    }
  }

  private static AccountId id(Directory directory, String address) {
    return directory.account(address).orElseThrow().id();
  }

  private record StoreCredentials(Directory directory) implements CredentialSource {
    @Override
    public Optional<Found> find(String login) {
      Optional<Account> account = directory.account(login);
      if (account.isEmpty() || account.get().credential() == null) {
        return Optional.empty();
      }
      Account found = account.get();
      return Optional.of(
          new Found(
              found.id().value(),
              found.login(),
              StoredCredential.parse(String.valueOf(found.credential())),
              found.enabled()));
    }

    @Override
    public void upgrade(long account, StoredCredential credential) {
      directory.setCredential(new AccountId(account), credential.text());
    }
  }

  Store store() {
    return store;
  }

  InetSocketAddress address(String listener) {
    for (WireServer server : servers) {
      InetSocketAddress address = server.addresses().get(listener);
      if (address != null) {
        return address;
      }
    }
    throw new IllegalArgumentException(listener);
  }

  /** All messages of a mailbox, oldest first, each octet a character. */
  List<String> messages(String login, String mailbox) {
    Mailbox found = store.mailboxes().find(id(store.directory(), login), mailbox).orElseThrow();
    List<String> messages = new ArrayList<>();
    store
        .messages()
        .scan(
            found.id(),
            1,
            (1L << 32) - 1,
            entry -> {
              ByteArrayOutputStream bytes = new ByteArrayOutputStream();
              try {
                store.contents().copy(entry.content(), 0, Long.MAX_VALUE, bytes);
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
              messages.add(bytes.toString(StandardCharsets.ISO_8859_1));
            });
    return messages;
  }

  boolean storeFailed() {
    return store.condition().state() == StoreCondition.State.FAILED;
  }

  int connections() {
    return servers.stream()
        .flatMap(server -> server.connections().values().stream())
        .mapToInt(n -> n)
        .sum();
  }

  /** Stops the servers; sessions say goodbye. */
  void stopServers() {
    servers.forEach(server -> server.stop(Duration.ofSeconds(5)));
  }

  @Override
  public void close() {
    servers.forEach(WireServer::close);
    store.close();
  }
}
