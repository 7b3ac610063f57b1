package org.postrider.auth;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** A few accounts in memory, and what the tests need around them. */
final class Accounts implements CredentialSource {
  static final InetAddress HOME = address("192.0.2.1");
  static final InetAddress ELSEWHERE = address("198.51.100.7");
  static final InetAddress LOOPBACK = address("127.0.0.1");
  static final byte[] END_POINT = "hash of the certificate".getBytes(StandardCharsets.UTF_8);
  static final byte[] EXPORTER = "exported keying material".getBytes(StandardCharsets.UTF_8);

  static final SaslContext PLAINTEXT = new SaslContext("imap", HOME, false, null, null);
  static final SaslContext TLS = new SaslContext("imap", HOME, true, END_POINT, EXPORTER);

  /** Secure without a TLS session of ours. */
  static final SaslContext LOCAL = new SaslContext("imap", LOOPBACK, true, null, null);

  final Map<String, Found> byLogin = new ConcurrentHashMap<>();
  final FakeTime time = new FakeTime();
  volatile boolean broken;

  /** Alice with a password, Carol with an imported hash of hers, Dora disabled. */
  static Accounts standard() {
    Accounts accounts = new Accounts();
    accounts.add(1, "alice@example.org", StoredCredential.ofPassword("secret", 4096), true);
    accounts.add(3, "carol@example.org", StoredCredential.parse("{PLAIN}carols"), true);
    accounts.add(4, "dora@example.org", StoredCredential.ofPassword("doras", 4096), false);
    return accounts;
  }

  void add(long id, String login, StoredCredential credential, boolean enabled) {
    byLogin.put(login, new Found(id, login, credential, enabled));
  }

  Authenticator authenticator() {
    return new Authenticator(this, settings(), time, time);
  }

  static AuthSettings settings() {
    return new AuthSettings(
        Duration.ofMillis(250),
        Duration.ofSeconds(8),
        Duration.ofMinutes(5),
        Duration.ofMinutes(5),
        Duration.ofDays(1),
        4,
        1000,
        4096);
  }

  @Override
  public Optional<Found> find(String login) {
    if (broken) {
      throw new IllegalStateException("the store is closed");
    }
    String canonical = login.toLowerCase(Locale.ROOT);
    return Optional.ofNullable(
        byLogin.get(canonical.equals("al@example.org") ? "alice@example.org" : canonical));
  }

  @Override
  public void upgrade(long account, StoredCredential credential) {
    byLogin.replaceAll((login, found) ->
        found.account() == account
            ? new Found(account, login, credential, found.enabled())
            : found);
  }

  static InetAddress address(String text) {
    try {
      return InetAddress.getByName(text);
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException(text, e);
    }
  }
}
