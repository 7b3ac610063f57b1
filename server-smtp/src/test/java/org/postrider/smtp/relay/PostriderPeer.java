package org.postrider.smtp.relay;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.postrider.auth.AuthSettings;
import org.postrider.auth.Authenticator;
import org.postrider.auth.CredentialSource;
import org.postrider.auth.StoredCredential;
import org.postrider.smtp.SmtpFrontEnd;
import org.postrider.smtp.SmtpSettings;
import org.postrider.smtp.SmtpSettings.Role;
import org.postrider.storage.Account;
import org.postrider.storage.Store;
import org.postrider.storage.StoreSettings;
import org.postrider.wire.ListenerSpec;
import org.postrider.wire.TlsSettings;
import org.postrider.wire.WireLimits;
import org.postrider.wire.WireServer;

/** Another Postrider on loopback, with a user bob whose password is {@code secret}. */
final class PostriderPeer implements AutoCloseable {
  private final Store store;
  private final WireServer server;
  private final Account bob;

  private record Credentials(Store store) implements CredentialSource {
    @Override
    public Optional<Found> find(String login) {
      return store
          .directory()
          .account(login)
          .map(account ->
              new Found(
                  account.id().value(),
                  account.login(),
                  StoredCredential.parse(String.valueOf(account.credential())),
                  account.enabled()));
    }

    @Override
    public void upgrade(long account, StoredCredential credential) {
      throw new AssertionError("it is the newest already");
    }
  }

  /**
   * @param domain where bob is
   */
  PostriderPeer(String domain, TlsSettings tls) throws IOException {
    store = Store.open(StoreSettings.inMemory("peer-" + UUID.randomUUID()), Clock.systemUTC());
    store.directory().addDomain(domain);
    bob =
        store
            .directory()
            .createAccount(
                "bob@" + domain,
                StoredCredential.ofPassword("secret", AuthSettings.ITERATIONS_MIN).text());
    Authenticator authenticator =
        new Authenticator(
            new Credentials(store),
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
    server =
        WireServer.start(
            List.of(
                listener("mx", domain, Role.MX, false, authenticator),
                listener("submission", domain, Role.SUBMISSION, false, authenticator),
                listener("submissions", domain, Role.SUBMISSION, true, authenticator)),
            WireLimits.defaults(),
            tls);
  }

  private ListenerSpec listener(
      String name, String domain, Role role, boolean tls, Authenticator authenticator) {
    return new ListenerSpec(
        name,
        new InetSocketAddress("127.0.0.1", 0),
        tls,
        new SmtpFrontEnd(
            SmtpSettings.defaults("mail." + domain, role), store, authenticator, Clock.systemUTC()),
        "421 4.3.2 busy\r\n");
  }

  int port(String listener) {
    return server.addresses().get(listener).getPort();
  }

  /** What bob got. */
  List<String> messages() {
    return RelayFixture.inbox(store, bob);
  }

  @Override
  public void close() {
    server.close();
    store.close();
  }
}
