package org.postrider.auth;

import java.security.SecureRandom;
import org.jspecify.annotations.Nullable;

/**
 * What is kept of a password: SCRAM-SHA-256 keys (RFC 7677, the text form of PostgreSQL and others:
 * {@code SCRAM-SHA-256$<iterations>:<salt>$<StoredKey>:<ServerKey>}), or an imported hash in braces
 * ({@code {BLF-CRYPT}$2y$...}, {@code {SHA512-CRYPT}$6$...}, {@code {SHA256-CRYPT}$5$...}, {@code
 * {CRYPT}} with one of these, {@code {ARGON2ID}$argon2id$...}, {@code {ARGON2I}$argon2i$...},
 * {@code {SSHA}}, {@code {SSHA256}}, {@code {SSHA512}}, {@code {PLAIN}...}), which the first login
 * turns into the former.
 *
 * @param text the stored form
 */
public record StoredCredential(String text) {
  /** Longest password in characters; longer ones are wrong without being looked at. */
  public static final int PASSWORD_MAX = 1000;

  private static final SecureRandom RANDOM = new SecureRandom();

  /**
   * @throws IllegalArgumentException naming the schemes that are understood
   */
  public StoredCredential {
    if (text.startsWith("{")) {
      ForeignHash.parse(text);
    } else {
      ScramKeys.parse(text);
    }
  }

  /**
   * SCRAM keys for a password (SASLprep'd), with a fresh salt and the default of iterations.
   *
   * @throws IllegalArgumentException when the password is empty, longer than {@link #PASSWORD_MAX},
   *     or has a character that SASLprep prohibits
   */
  public static StoredCredential ofPassword(String password) {
    return ofPassword(password, AuthSettings.ITERATIONS_DEFAULT);
  }

  /**
   * SCRAM keys for a password (SASLprep'd), with a fresh salt.
   *
   * @param iterations of PBKDF2, {@link AuthSettings#ITERATIONS_MIN} or more
   * @throws IllegalArgumentException when the password is empty, longer than {@link #PASSWORD_MAX},
   *     or has a character that SASLprep prohibits
   */
  public static StoredCredential ofPassword(String password, int iterations) {
    if (password.length() > PASSWORD_MAX) {
      throw new IllegalArgumentException("a password has at most " + PASSWORD_MAX + " characters");
    }
    String prepared = SaslPrep.prepare(password);
    if (prepared.isEmpty()) {
      throw new IllegalArgumentException("a password can't be empty");
    }
    byte[] salt = new byte[ScramKeys.SALT_BYTES];
    RANDOM.nextBytes(salt);
    return new StoredCredential(ScramKeys.derive(prepared, salt, iterations).text());
  }

  /**
   * Reads a stored form.
   *
   * @throws IllegalArgumentException naming the schemes that are understood
   */
  public static StoredCredential parse(String text) {
    return new StoredCredential(text);
  }

  /** Whether it is SCRAM keys, not an imported hash. */
  public boolean isScram() {
    return !text.startsWith("{");
  }

  /** The keys, or null for an imported hash. */
  @Nullable ScramKeys scramKeys() {
    return isScram() ? ScramKeys.parse(text) : null;
  }

  /**
   * Whether that is the password. An imported hash is asked for the password as it was given and
   * SASLprep'd, since its origin is not known.
   */
  boolean matches(String password) {
    if (password.isEmpty() || password.length() > PASSWORD_MAX) {
      return false;
    }
    String prepared = preparedOrEmpty(password);
    ScramKeys keys = scramKeys();
    if (keys != null) {
      return !prepared.isEmpty() && keys.matchesPassword(prepared);
    }
    ForeignHash hash = ForeignHash.parse(text);
    return hash.matches(password)
        || (!prepared.isEmpty() && !prepared.equals(password) && hash.matches(prepared));
  }

  /** Whether a login should replace it: an imported hash, or fewer iterations than wanted. */
  boolean isOutdated(int iterations) {
    ScramKeys keys = scramKeys();
    return keys == null || keys.iterations() < iterations;
  }

  private static String preparedOrEmpty(String password) {
    try {
      return SaslPrep.prepare(password);
    } catch (IllegalArgumentException e) {
      return ""; // no SCRAM credential can be made of such a password, so it is not one's
    }
  }

  /** Never the secret: a log line shows the scheme alone. */
  @Override
  public String toString() {
    int end = text.startsWith("{") ? text.indexOf('}') + 1 : Math.max(0, text.indexOf('$'));
    return text.substring(0, end);
  }
}
