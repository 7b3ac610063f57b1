package org.postrider.auth;

import java.util.Optional;

/**
 * Where the authenticator finds accounts; the server puts the store behind it. A method that throws
 * makes the login end as {@link AuthOutcome.Reason#UNAVAILABLE}.
 */
public interface CredentialSource {
  /**
   * An account's credential.
   *
   * @param account the account's number
   * @param login its canonical login
   */
  record Found(long account, String login, StoredCredential credential, boolean enabled) {}

  /**
   * The account with that login (any of its addresses), if it has a credential. A name that can't
   * be an address is nobody's: empty, not an exception.
   */
  Optional<Found> find(String login);

  /**
   * Replaces an imported hash, or keys with fewer iterations than are wanted now, after a login
   * that proved the password.
   */
  void upgrade(long account, StoredCredential credential);
}
