package org.postrider.auth;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;

/**
 * The {@code $5$} and {@code $6$} hashes of crypt(3) (Ulrich Drepper, "Unix crypt using SHA-256 and
 * SHA-512", version 0.6). The step numbers in the comments are those of that text.
 */
final class ShaCrypt {
  private static final int ROUNDS_DEFAULT = 5000;
  private static final int ROUNDS_MIN = 1000;

  private static final String ALPHABET =
      "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

  /** The order in which triples of the digest are encoded (step 22). */
  private static final int[] ORDER_256 = {
    0, 10, 20, 21, 1, 11, 12, 22, 2, 3, 13, 23, 24, 4, 14, 15, 25, 5, 6, 16, 26, 27, 7, 17, 18, 28,
    8, 9, 19, 29
  };

  private static final int[] ORDER_512 = {
    0, 21, 42, 22, 43, 1, 44, 2, 23, 3, 24, 45, 25, 46, 4, 47, 5, 26, 6, 27, 48, 28, 49, 7, 50, 8,
    29, 9, 30, 51, 31, 52, 10, 53, 11, 32, 12, 33, 54, 34, 55, 13, 56, 14, 35, 15, 36, 57, 37, 58,
    16, 59, 17, 38, 18, 39, 60, 40, 61, 19, 62, 20, 41
  };

  private ShaCrypt() {}

  /**
   * The hash of a password.
   *
   * @param setting a hash, or its beginning up to the salt: {@code $6$[rounds=N$]salt[$...]}
   */
  static String hash(byte[] password, String setting) {
    boolean wide = setting.startsWith("$6$");
    int start = 3;
    int rounds = ROUNDS_DEFAULT;
    String prefix = setting.substring(0, 3);
    if (setting.startsWith("rounds=", start)) {
      int end = setting.indexOf('$', start);
      // the text clamps the number; the clamped one is what the hash then shows
      rounds = Math.max(ROUNDS_MIN, Integer.parseInt(setting, start + 7, end, 10));
      prefix += "rounds=" + rounds + "$";
      start = end + 1;
    }
    int end = setting.indexOf('$', start);
    String salt = setting.substring(start, end < 0 ? setting.length() : end);
    byte[] digest =
        digest(
            newDigest(wide ? "SHA-512" : "SHA-256"),
            password,
            salt.getBytes(StandardCharsets.UTF_8),
            rounds);
    StringBuilder text = new StringBuilder(prefix).append(salt).append('$');
    int[] order = wide ? ORDER_512 : ORDER_256;
    for (int i = 0; i < order.length; i += 3) {
      encode(text, digest[order[i]], digest[order[i + 1]], digest[order[i + 2]], 4);
    }
    if (wide) {
      encode(text, (byte) 0, (byte) 0, digest[63], 2);
    } else {
      encode(text, (byte) 0, digest[31], digest[30], 3);
    }
    return text.toString();
  }

  private static byte[] digest(MessageDigest sha, byte[] password, byte[] salt, int rounds) {
    // steps 4 to 8: B
    sha.update(password);
    sha.update(salt);
    sha.update(password);
    byte[] b = sha.digest();
    // steps 1 to 3 and 9 to 12: A
    sha.update(password);
    sha.update(salt);
    sha.update(repeat(b, password.length));
    for (int bits = password.length; bits > 0; bits >>= 1) {
      sha.update((bits & 1) != 0 ? b : password);
    }
    byte[] a = sha.digest();
    // steps 13 to 16: P
    for (int i = 0; i < password.length; i++) {
      sha.update(password);
    }
    final byte[] p = repeat(sha.digest(), password.length);
    // steps 17 to 20: S
    for (int i = 0; i < 16 + (a[0] & 0xff); i++) {
      sha.update(salt);
    }
    final byte[] s = repeat(sha.digest(), salt.length);
    // step 21
    for (int i = 0; i < rounds; i++) {
      sha.update((i & 1) != 0 ? p : a);
      if (i % 3 != 0) {
        sha.update(s);
      }
      if (i % 7 != 0) {
        sha.update(p);
      }
      sha.update((i & 1) != 0 ? a : p);
      a = sha.digest();
    }
    return a;
  }

  private static byte[] repeat(byte[] block, int length) {
    byte[] out = new byte[length];
    for (int i = 0; i < length; i += block.length) {
      System.arraycopy(block, 0, out, i, Math.min(block.length, length - i));
    }
    return out;
  }

  private static void encode(StringBuilder text, byte high, byte middle, byte low, int characters) {
    int bits = (high & 0xff) << 16 | (middle & 0xff) << 8 | (low & 0xff);
    for (int i = 0; i < characters; i++) {
      text.append(ALPHABET.charAt(bits & 0x3f));
      bits >>= 6;
    }
  }

  private static MessageDigest newDigest(String algorithm) {
    try {
      return MessageDigest.getInstance(algorithm);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has " + algorithm, e);
    }
  }
}
