package org.postrider.pop3;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.postrider.auth.AuthSettings;
import org.postrider.auth.Authenticator;
import org.postrider.auth.CredentialSource;
import org.postrider.auth.StoredCredential;
import org.postrider.storage.Account;
import org.postrider.storage.AccountId;
import org.postrider.storage.ContentWriter;
import org.postrider.storage.Mailbox;
import org.postrider.storage.MessageFlags;
import org.postrider.storage.Messages;
import org.postrider.storage.StagedContent;
import org.postrider.storage.Store;
import org.postrider.storage.StoreSettings;
import org.postrider.wire.ListenerSpec;
import org.postrider.wire.SelfSignedCertificate;
import org.postrider.wire.TlsSettings;
import org.postrider.wire.WireLimits;
import org.postrider.wire.WireServer;

/** A whole POP3 server over a store in memory: POP3 and POP3S, and one behind a proxy. */
final class Pop3Server implements AutoCloseable {
  static final String ONE = "Subject: one\r\n\r\nHello 1\r\n";
  static final String TWO = "Subject: two\r\n\r\n.\r\n..two\r\nplain\r\n.end";
  static final String THREE = "Subject: three\nX: y\n\nline 1\nline 2\r.line 3\n";

  private final StoredCredential credential = StoredCredential.ofPassword("secret", 4096);
  private final Store store;
  private final WireServer server;
  private final WireServer proxied;
  private int accounts;

  Pop3Server(Path directory, Pop3Settings settings, Clock clock) throws IOException {
    store = Store.open(StoreSettings.inMemory(UUID.randomUUID().toString()), Clock.systemUTC());
    AuthSettings auth =
        new AuthSettings(
            Duration.ofMillis(1),
            Duration.ofMillis(2),
            Duration.ofMinutes(1),
            Duration.ofMinutes(5),
            Duration.ofDays(1),
            32,
            1000,
            4096);
    Authenticator authenticator = new Authenticator(new Credentials(), auth, clock);
    Pop3FrontEnd frontEnd = new Pop3FrontEnd(settings, store, authenticator, clock);
    TlsSettings tls = SelfSignedCertificate.ensure(directory, List.of("pop.example.org"));
    InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    WireLimits limits = WireLimits.defaults();
    server =
        WireServer.start(
            List.of(
                new ListenerSpec("pop3", any, false, frontEnd, "-ERR [SYS/TEMP] Busy\r\n"),
                new ListenerSpec("pop3s", any, true, frontEnd, "-ERR [SYS/TEMP] Busy\r\n")),
            limits,
            tls);
    proxied =
        WireServer.start(
            List.of(new ListenerSpec("pop3", any, false, frontEnd, "-ERR [SYS/TEMP] Busy\r\n")),
            new WireLimits(
                limits.connectionsMax(),
                limits.connectionsPerAddressMax(),
                limits.idleTimeout(),
                limits.writeTimeout(),
                limits.handshakeTimeout(),
                List.of("127.0.0.0/8", "::1")),
            tls);
    store.directory().createAccount("empty@example.org", credential.text());
    Account disabled = store.directory().createAccount("disabled@example.org", credential.text());
    store.directory().setEnabled(disabled.id(), false);
  }

  static Pop3Settings settings() {
    Pop3Settings defaults = Pop3Settings.defaults("pop.example.org");
    return new Pop3Settings(
        defaults.hostname(),
        12,
        defaults.idleTimeout(),
        defaults.lineBytesMax(),
        defaults.readAheadBytes(),
        defaults.readAheadMessageBytes(),
        defaults.takeoverAfter());
  }

  InetSocketAddress plain() {
    return address(server, "pop3");
  }

  InetSocketAddress tls() {
    return address(server, "pop3s");
  }

  InetSocketAddress behindProxy() {
    return address(proxied, "pop3");
  }

  private static InetSocketAddress address(WireServer server, String name) {
    InetSocketAddress address = server.addresses().get(name);
    if (address == null) {
      throw new IllegalStateException("no listener " + name);
    }
    return address;
  }

  int connections() {
    return server.connections().values().stream().mapToInt(n -> n).sum();
  }

  Store store() {
    return store;
  }

  /** An account of its own, with three messages in INBOX and one in Work. */
  Map<String, String> newUser() {
    String name = "user" + ++accounts;
    AccountId account = newAccount(name + "@example.org");
    append(inbox(account), ONE, TWO, THREE);
    append(store.mailboxes().create(account, "Work", null), "Subject: filed\r\n\r\nHi\r\n");
    return Map.of(
        "user",
        name + "@example.org",
        "folder",
        name + "+Work@example.org",
        "nofolder",
        name + "+Nowhere@example.org",
        "one",
        Integer.toString(ONE.length()),
        "two",
        Integer.toString(TWO.length()),
        "three",
        Integer.toString(THREE.length()));
  }

  AccountId newAccount(String address) {
    return store.directory().createAccount(address, credential.text()).id();
  }

  Mailbox inbox(AccountId account) {
    return store.mailboxes().find(account, "INBOX").orElseThrow();
  }

  void append(Mailbox mailbox, String... messages) {
    for (String message : messages) {
      try (ContentWriter writer = store.contents().write()) {
        byte[] bytes = message.getBytes(StandardCharsets.ISO_8859_1);
        writer.write(bytes, 0, bytes.length);
        try (StagedContent content = writer.finish()) {
          store
              .messages()
              .append(
                  mailbox.id(), List.of(new Messages.NewMessage(content, MessageFlags.NONE, 0)));
        }
      }
    }
  }

  @Override
  public void close() {
    server.close();
    proxied.close();
    store.close();
  }

  private final class Credentials implements CredentialSource {
    @Override
    public Optional<Found> find(String login) {
      return store
          .directory()
          .account(login)
          .map(a ->
              new Found(
                  a.id().value(),
                  a.login(),
                  StoredCredential.parse(credential.text()),
                  a.enabled()));
    }

    @Override
    public void upgrade(long account, StoredCredential renewed) {
      store.directory().setCredential(new AccountId(account), renewed.text());
    }
  }
}
