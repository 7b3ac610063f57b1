package org.postrider.imap;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.postrider.auth.AuthSettings;
import org.postrider.auth.Authenticator;
import org.postrider.auth.CredentialSource;
import org.postrider.auth.StoredCredential;
import org.postrider.storage.Account;
import org.postrider.storage.AccountId;
import org.postrider.storage.ContentWriter;
import org.postrider.storage.Delivery;
import org.postrider.storage.Mailbox;
import org.postrider.storage.MessageFlags;
import org.postrider.storage.Messages;
import org.postrider.storage.StagedContent;
import org.postrider.storage.Store;
import org.postrider.storage.StoreSettings;
import org.postrider.storage.SystemFlag;
import org.postrider.storage.index.TextIndex;
import org.postrider.wire.ListenerSpec;
import org.postrider.wire.SelfSignedCertificate;
import org.postrider.wire.WireLimits;
import org.postrider.wire.WireServer;

/** The front-end on a real socket over a store in memory. Each transcript gets a fresh account. */
final class ImapServer implements AutoCloseable {
  static final String PASSWORD = "secret";

  private static final StoredCredential CREDENTIAL =
      StoredCredential.ofPassword(PASSWORD, AuthSettings.ITERATIONS_MIN);

  final Store store;
  final WireServer wire;
  private final AtomicInteger accounts = new AtomicInteger();

  private ImapServer(Store store, WireServer wire) {
    this.store = store;
    this.wire = wire;
  }

  static ImapSettings settings() {
    return new ImapSettings(
        "mail.example.org",
        8192,
        4096,
        1 << 20,
        20,
        Duration.ofMinutes(30),
        Duration.ofMinutes(3),
        8);
  }

  static ImapServer start(ImapSettings settings, Path directory, List<String> proxyTrusted)
      throws IOException {
    return start(settings, directory, proxyTrusted, Clock.systemUTC());
  }

  /**
   * @param clock what sessions go by
   */
  static ImapServer start(
      ImapSettings settings, Path directory, List<String> proxyTrusted, Clock clock)
      throws IOException {
    Store store =
        Store.open(
            StoreSettings.inMemory(UUID.randomUUID().toString()).withOutbox(true),
            Clock.systemUTC());
    Authenticator authenticator =
        new Authenticator(
            new StoreCredentials(store),
            new AuthSettings(
                Duration.ZERO,
                Duration.ZERO,
                Duration.ofMinutes(1),
                Duration.ofMinutes(5),
                Duration.ofMinutes(5),
                100,
                10_000,
                AuthSettings.ITERATIONS_MIN),
            Clock.systemUTC());
    ImapFrontEnd frontEnd = new ImapFrontEnd(settings, store, authenticator, clock, TextIndex.NONE);
    InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    WireLimits base = WireLimits.defaults();
    WireLimits limits =
        new WireLimits(
            base.connectionsMax(),
            base.connectionsPerAddressMax(),
            base.idleTimeout(),
            base.writeTimeout(),
            base.handshakeTimeout(),
            proxyTrusted);
    WireServer wire =
        WireServer.start(
            List.of(
                new ListenerSpec("imap", any, false, frontEnd, "* BYE busy\r\n"),
                new ListenerSpec("imaps", any, true, frontEnd, "* BYE busy\r\n")),
            limits,
            SelfSignedCertificate.ensure(directory, List.of("mail.example.org")));
    return new ImapServer(store, wire);
  }

  InetSocketAddress address(String listener) {
    return Objects.requireNonNull(wire.addresses().get(listener));
  }

  /** A fresh account with the mailbox Box, which holds the four messages of the resources. */
  Account newAccount() {
    String login = "user" + accounts.incrementAndGet() + "@example.org";
    Account account = store.directory().createAccount(login, CREDENTIAL.text());
    Mailbox box = store.mailboxes().create(account.id(), "Box", null);
    append(box, "1-plain", MessageFlags.of(SystemFlag.SEEN), "2024-02-01T09:00:05Z");
    append(box, "2-multipart", MessageFlags.NONE, "2024-02-02T10:00:05Z");
    append(
        box,
        "3-forward",
        MessageFlags.of(SystemFlag.FLAGGED.bit(), List.of("$Forwarded")),
        "2024-02-03T10:00:05Z");
    append(box, "4-encoded", MessageFlags.of(SystemFlag.ANSWERED), "2024-02-14T10:00:05Z");
    return account;
  }

  /** The same with three messages in the queue, of which somebody is sending the third. */
  Account newSender() {
    Account account = newAccount();
    String busy = "busy" + account.id() + ".test";
    submit(account, "one", "one.test");
    submit(account, "two", "two.test");
    submit(account, "busy", busy);
    store.queue().leaseOf("somebody", Duration.ofHours(1), 1, List.of(busy));
    return account;
  }

  private void submit(Account account, String subject, String domain) {
    try (ContentWriter writer = store.contents().write()) {
      byte[] bytes = ("Subject: " + subject + "\r\n\r\nout\r\n").getBytes(StandardCharsets.UTF_8);
      writer.write(bytes, 0, bytes.length);
      try (StagedContent staged = writer.finish()) {
        store
            .queue()
            .deliver(
                new Delivery(
                    staged,
                    account.login(),
                    List.of(),
                    List.of(new Delivery.Remote("a@" + domain)),
                    "",
                    1_000,
                    "session",
                    account.id()));
      }
    }
  }

  private void append(Mailbox box, String resource, MessageFlags flags, String date) {
    append(box, message(resource), flags, Instant.parse(date).toEpochMilli());
  }

  void append(Mailbox box, byte[] bytes, MessageFlags flags, long date) {
    try (ContentWriter writer = store.contents().write()) {
      writer.write(bytes, 0, bytes.length);
      try (StagedContent staged = writer.finish()) {
        store.messages().append(box.id(), List.of(new Messages.NewMessage(staged, flags, date)));
      }
    }
  }

  static byte[] message(String name) {
    try (var in = ImapServer.class.getResourceAsStream("/messages/" + name + ".eml")) {
      String text = new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
      return text.replace("\r\n", "\n").replace("\n", "\r\n").getBytes(StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What transcripts know. */
  Map<String, String> variables(Account account) {
    return Map.of("user", account.login());
  }

  @Override
  public void close() {
    wire.close();
    store.close();
  }

  /** The store as the authenticator sees it. */
  private record StoreCredentials(Store store) implements CredentialSource {
    @Override
    public Optional<Found> find(String login) {
      return store
          .directory()
          .account(login)
          .filter(account -> account.credential() != null)
          .map(account ->
              new Found(
                  account.id().value(),
                  account.login(),
                  StoredCredential.parse(account.credential()),
                  account.enabled()));
    }

    @Override
    public void upgrade(long account, StoredCredential credential) {
      store.directory().setCredential(new AccountId(account), credential.text());
    }
  }
}
