package org.postrider.auth;

import java.net.InetAddress;
import java.time.Clock;
import java.util.List;
import java.util.Optional;

/**
 * Checks passwords and runs SASL mechanisms. Failures are slowed per account and per address, with
 * decay; an address on loopback is slowed per account alone. Safe for use by many threads.
 */
public final class Authenticator {
  public Authenticator(CredentialSource source, AuthSettings settings, Clock clock) {
    throw new UnsupportedOperationException();
  }

  /**
   * Checks a user name ({@code user@domain}, {@code user+folder@domain}) and password, as LOGIN and
   * USER/PASS give them. Blocks for the throttle.
   */
  public AuthOutcome password(String login, String password, InetAddress peer) {
    throw new UnsupportedOperationException();
  }

  /**
   * The mechanisms to announce, the best first; those that send passwords only where it is secure.
   */
  public List<String> mechanisms(SaslContext context) {
    throw new UnsupportedOperationException();
  }

  /** Starts a mechanism by its name in any case; empty when it is not among {@link #mechanisms}. */
  public Optional<SaslExchange> exchange(String mechanism, SaslContext context) {
    throw new UnsupportedOperationException();
  }

  /** Forgets remembered passwords of an account, after a change of its password or state. */
  public void forget(long account) {
    throw new UnsupportedOperationException();
  }
}
