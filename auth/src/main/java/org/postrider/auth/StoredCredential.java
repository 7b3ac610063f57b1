package org.postrider.auth;

/**
 * What is kept of a password: SCRAM-SHA-256 keys (RFC 7677, the text form of PostgreSQL and others:
 * {@code SCRAM-SHA-256$<iterations>:<salt>$<StoredKey>:<ServerKey>}), or an imported hash in braces
 * ({@code {BLF-CRYPT}$2y$...}, {@code {SHA512-CRYPT}$6$...}, {@code {SHA256-CRYPT}$5$...}, {@code
 * {ARGON2ID}$argon2id$...}, {@code {PLAIN}...}), which the first login turns into the former.
 *
 * @param text the stored form
 */
public record StoredCredential(String text) {

  /** SCRAM keys for a password (SASLprep'd), with a fresh salt. */
  public static StoredCredential ofPassword(String password) {
    throw new UnsupportedOperationException();
  }

  /**
   * @throws IllegalArgumentException naming the schemes that are understood
   */
  public static StoredCredential parse(String text) {
    throw new UnsupportedOperationException();
  }

  public boolean isScram() {
    throw new UnsupportedOperationException();
  }

  /** Never the secret: a log line shows the scheme alone. */
  @Override
  public String toString() {
    int end = text.startsWith("{") ? text.indexOf('}') + 1 : Math.max(0, text.indexOf('$'));
    return text.substring(0, end);
  }
}
