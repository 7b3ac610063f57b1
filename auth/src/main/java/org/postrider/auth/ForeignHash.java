package org.postrider.auth;

import com.password4j.Argon2Function;
import com.password4j.BcryptFunction;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A password hash made by another system, with its scheme in braces before it as Dovecot and LDAP
 * (RFC 2307) write it. The costs are bounded, so that an imported line can't stop the server.
 */
record ForeignHash(Scheme scheme, String hash) {
  /** What is understood. */
  enum Scheme {
    BLF_CRYPT("BLF-CRYPT", "\\$2[abxy]\\$(0[4-9]|1[0-6])\\$[./A-Za-z0-9]{53}"),
    SHA256_CRYPT(
        "SHA256-CRYPT", "\\$5\\$(rounds=[0-9]{4,7}\\$)?[^$:\\n]{0,16}\\$[./A-Za-z0-9]{43}"),
    SHA512_CRYPT(
        "SHA512-CRYPT", "\\$6\\$(rounds=[0-9]{4,7}\\$)?[^$:\\n]{0,16}\\$[./A-Za-z0-9]{86}"),
    ARGON2ID("ARGON2ID", argon2("argon2id")),
    ARGON2I("ARGON2I", argon2("argon2i")),
    SSHA("SSHA", "[A-Za-z0-9+/]{28,100}={0,2}"),
    SSHA256("SSHA256", "[A-Za-z0-9+/]{43,120}={0,2}"),
    SSHA512("SSHA512", "[A-Za-z0-9+/]{86,160}={0,2}"),
    PLAIN("PLAIN", ".{1,1000}");

    private final String label;
    private final Pattern syntax;

    Scheme(String label, String syntax) {
      this.label = label;
      this.syntax = Pattern.compile(syntax, Pattern.DOTALL);
    }

    /** Memory up to 256 MB is checked apart; passes and lanes are bounded by their digits. */
    private static String argon2(String variant) {
      return "\\$"
          + variant
          + "\\$v=[0-9]{2}\\$m=([0-9]{1,6}),t=[0-9]{1,2},p=[0-9]{1,2}"
          + "\\$[A-Za-z0-9+/]{11,86}\\$[A-Za-z0-9+/]{22,86}";
    }
  }

  private static final int ARGON2_KILOBYTES_MAX = 1 << 18;

  private static final Pattern FORM = Pattern.compile("\\{([A-Za-z0-9-]+)}(.+)", Pattern.DOTALL);

  /**
   * @throws IllegalArgumentException naming the schemes that are understood
   */
  static ForeignHash parse(String text) {
    Matcher form = FORM.matcher(text);
    if (!form.matches()) {
      throw new IllegalArgumentException("not of the form {SCHEME}hash; " + understood());
    }
    String label = form.group(1).toUpperCase(Locale.ROOT);
    String hash = form.group(2);
    Scheme scheme = label.equals("CRYPT") ? ofCrypt(hash) : ofLabel(label);
    Matcher syntax = scheme.syntax.matcher(hash);
    if (!syntax.matches()) {
      throw new IllegalArgumentException(
          "{" + scheme.label + "}: what follows is not such a hash, or costs too much");
    }
    if ((scheme == Scheme.ARGON2ID || scheme == Scheme.ARGON2I)
        && Integer.parseInt(syntax.group(1)) > ARGON2_KILOBYTES_MAX) {
      throw new IllegalArgumentException(
          "{" + scheme.label + "}: at most " + ARGON2_KILOBYTES_MAX + " KB of memory");
    }
    return new ForeignHash(scheme, hash);
  }

  private static Scheme ofLabel(String label) {
    for (Scheme scheme : Scheme.values()) {
      if (scheme.label.equals(label)) {
        return scheme;
      }
    }
    throw new IllegalArgumentException("unknown scheme {" + label + "}; " + understood());
  }

  private static Scheme ofCrypt(String hash) {
    if (hash.startsWith("$2")) {
      return Scheme.BLF_CRYPT;
    }
    if (hash.startsWith("$5$")) {
      return Scheme.SHA256_CRYPT;
    }
    if (hash.startsWith("$6$")) {
      return Scheme.SHA512_CRYPT;
    }
    throw new IllegalArgumentException("{CRYPT}: only $2y$, $5$ and $6$; " + understood());
  }

  private static String understood() {
    StringBuilder text = new StringBuilder("understood are SCRAM-SHA-256$, {CRYPT}");
    for (Scheme scheme : Scheme.values()) {
      text.append(", {").append(scheme.label).append('}');
    }
    return text.toString();
  }

  boolean matches(String password) {
    byte[] octets = password.getBytes(StandardCharsets.UTF_8);
    return switch (scheme) {
      // $2x$ marks hashes of a faulty implementation; for the others a and y mean the same.
      case BLF_CRYPT -> BcryptFunction.getInstanceFromHash(hash).check(password, hash);
      case SHA256_CRYPT, SHA512_CRYPT ->
          MessageDigest.isEqual(ascii(ShaCrypt.hash(octets, hash)), ascii(hash));
      case ARGON2ID, ARGON2I -> Argon2Function.getInstanceFromHash(hash).check(password, hash);
      case SSHA -> matchesSalted("SHA-1", 20, octets);
      case SSHA256 -> matchesSalted("SHA-256", 32, octets);
      case SSHA512 -> matchesSalted("SHA-512", 64, octets);
      case PLAIN -> MessageDigest.isEqual(octets, hash.getBytes(StandardCharsets.UTF_8));
    };
  }

  /** Digest of password and salt, followed by the salt. */
  private boolean matchesSalted(String algorithm, int digestBytes, byte[] password) {
    byte[] decoded = Base64.getDecoder().decode(hash);
    if (decoded.length < digestBytes) {
      return false;
    }
    try {
      MessageDigest digest = MessageDigest.getInstance(algorithm);
      digest.update(password);
      digest.update(decoded, digestBytes, decoded.length - digestBytes);
      return MessageDigest.isEqual(digest.digest(), Arrays.copyOf(decoded, digestBytes));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has " + algorithm, e);
    }
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
