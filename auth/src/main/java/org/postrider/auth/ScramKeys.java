package org.postrider.auth;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * What SCRAM-SHA-256 keeps of a password (RFC 5802 §3, RFC 7677): with it a proof can be checked
 * and our own identity proved, but no login be made.
 */
record ScramKeys(int iterations, byte[] salt, byte[] storedKey, byte[] serverKey) {
  static final int KEY_BYTES = 32;
  static final int SALT_BYTES = 16;

  private static final Pattern TEXT =
      Pattern.compile(
          "SCRAM-SHA-256\\$([0-9]{1,8}):([A-Za-z0-9+/]{4,344}={0,2})"
              + "\\$([A-Za-z0-9+/]{43}=):([A-Za-z0-9+/]{43}=)");

  /**
   * Derives the keys.
   *
   * @param prepared the password, SASLprep'd and not empty
   */
  static ScramKeys derive(String prepared, byte[] salt, int iterations) {
    byte[] salted = saltedPassword(prepared, salt, iterations);
    byte[] stored = sha256(hmac(salted, ascii("Client Key")));
    return new ScramKeys(iterations, salt, stored, hmac(salted, ascii("Server Key")));
  }

  /**
   * @throws IllegalArgumentException when it is not the text form
   */
  static ScramKeys parse(String text) {
    Matcher matcher = TEXT.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          "not of the form SCRAM-SHA-256$<iterations>:<salt>$<StoredKey>:<ServerKey>");
    }
    int iterations = Integer.parseInt(matcher.group(1));
    if (iterations < AuthSettings.ITERATIONS_MIN || iterations > AuthSettings.ITERATIONS_MAX) {
      throw new IllegalArgumentException(
          "SCRAM-SHA-256: iterations are "
              + AuthSettings.ITERATIONS_MIN
              + " to "
              + AuthSettings.ITERATIONS_MAX
              + ", not "
              + iterations);
    }
    Base64.Decoder decoder = Base64.getDecoder();
    return new ScramKeys(
        iterations,
        decoder.decode(matcher.group(2)),
        decoder.decode(matcher.group(3)),
        decoder.decode(matcher.group(4)));
  }

  String text() {
    Base64.Encoder encoder = Base64.getEncoder();
    return "SCRAM-SHA-256$"
        + iterations
        + ":"
        + encoder.encodeToString(salt)
        + "$"
        + encoder.encodeToString(storedKey)
        + ":"
        + encoder.encodeToString(serverKey);
  }

  boolean matchesPassword(String prepared) {
    return MessageDigest.isEqual(derive(prepared, salt, iterations).storedKey, storedKey);
  }

  /** Whether the proof was made with the password (RFC 5802 §3: StoredKey = H(ClientKey)). */
  boolean matchesProof(byte[] proof, byte[] authMessage) {
    byte[] clientKey = hmac(storedKey, authMessage);
    if (proof.length != clientKey.length) {
      return false;
    }
    for (int i = 0; i < clientKey.length; i++) {
      clientKey[i] ^= proof[i];
    }
    return MessageDigest.isEqual(sha256(clientKey), storedKey);
  }

  byte[] serverSignature(byte[] authMessage) {
    return hmac(serverKey, authMessage);
  }

  static byte[] hmac(byte[] key, byte[] data) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      return mac.doFinal(data);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has HmacSHA256", e);
    }
  }

  private static byte[] saltedPassword(String prepared, byte[] salt, int iterations) {
    PBEKeySpec spec =
        new PBEKeySpec(prepared.toCharArray(), salt, iterations, KEY_BYTES * Byte.SIZE);
    try {
      return SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256").generateSecret(spec).getEncoded();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has PBKDF2WithHmacSHA256", e);
    } finally {
      spec.clearPassword();
    }
  }

  private static byte[] sha256(byte[] data) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(data);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
