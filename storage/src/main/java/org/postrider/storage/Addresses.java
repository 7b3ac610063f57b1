package org.postrider.storage;

import static org.postrider.storage.StorageException.Reason.BAD_NAME;

import java.text.Normalizer;
import java.util.Locale;
import java.util.Optional;
import org.postrider.message.DomainName;

/** The canonical form of addresses: NFC, lower case, the domain with U-labels. */
final class Addresses {
  private static final int LOCAL_MAX = 64;
  private static final int DOMAIN_MAX = 253;

  /** What an atom of RFC 5322 may have apart from letters and digits. */
  private static final String ATOM = "!#$%&'*+-/=?^_`{|}~";

  private Addresses() {}

  /** An address in its two parts. */
  record Parts(String local, String domain) {
    @Override
    public String toString() {
      return local + "@" + domain;
    }

    /** Without {@code +detail}. */
    Parts base() {
      int plus = local.indexOf('+');
      return plus <= 0 ? this : new Parts(local.substring(0, plus), domain);
    }

    /** What follows {@code +}, or empty. */
    String detail() {
      int plus = local.indexOf('+');
      return plus <= 0 ? "" : local.substring(plus + 1);
    }
  }

  /**
   * The address in canonical form, which need not be one that we would give to anybody.
   *
   * @throws StorageException BAD_NAME when it has no local part or a domain that cannot be
   */
  static Parts parse(String address) {
    int at = address.lastIndexOf('@');
    if (at <= 0) {
      throw new StorageException(
          BAD_NAME, "An address is written local@domain, but this is " + address);
    }
    return new Parts(local(address.substring(0, at)), domain(address.substring(at + 1)));
  }

  static String local(String local) {
    return Normalizer.normalize(local, Normalizer.Form.NFC).toLowerCase(Locale.ROOT);
  }

  /**
   * An address that an account or alias can have: an RFC 5321 dot-string without {@code +}, or
   * {@code *} alone where a catch-all is allowed.
   *
   * @throws StorageException BAD_NAME
   */
  static Parts own(String address, boolean catchAll) {
    Parts parts = parse(address);
    String local = parts.local();
    if (catchAll && local.equals("*")) {
      return parts;
    }
    if (local.indexOf('+') >= 0) {
      throw new StorageException(
          BAD_NAME, "What follows + in an address is its detail; leave it out of " + address);
    }
    if (!isDotString(local) || local.indexOf('*') >= 0) {
      throw new StorageException(
          BAD_NAME, "The part before @ may have letters, digits, . - and _ only: " + address);
    }
    return parts;
  }

  /**
   * An address an alias can lead to.
   *
   * @throws StorageException BAD_NAME
   */
  static Parts target(String address) {
    Parts parts = parse(address);
    if (!isDotString(parts.local())) {
      throw new StorageException(BAD_NAME, "This is no address an alias can lead to: " + address);
    }
    return parts;
  }

  private static boolean isDotString(String local) {
    if (local.length() > LOCAL_MAX
        || local.startsWith(".")
        || local.endsWith(".")
        || local.contains("..")) {
      return false;
    }
    return local
        .codePoints()
        .allMatch(c ->
            c == '.'
                || Character.isLetterOrDigit(c)
                || (c > 0x7f && !Character.isWhitespace(c) && !Character.isISOControl(c))
                || (c <= 0x7f && ATOM.indexOf(c) >= 0));
  }

  /**
   * @throws StorageException BAD_NAME
   */
  static String domain(String domain) {
    String nfc = Normalizer.normalize(domain, Normalizer.Form.NFC).toLowerCase(Locale.ROOT);
    String text = nfc.endsWith(".") ? nfc.substring(0, nfc.length() - 1) : nfc;
    if (isPlain(text)) {
      return text;
    }
    boolean beyondAscii = text.contains("xn--") || !text.chars().allMatch(c -> c < 0x80);
    return (beyondAscii ? DomainName.toAscii(text) : Optional.<String>empty())
        .flatMap(DomainName::toUnicode)
        .orElseThrow(() -> new StorageException(BAD_NAME, "This is no domain: " + domain));
  }

  /** The common case: ASCII labels of right length, none of them an A-label. */
  private static boolean isPlain(String domain) {
    if (domain.isEmpty() || domain.length() > DOMAIN_MAX || domain.contains("xn--")) {
      return false;
    }
    int start = 0;
    for (int i = 0; i <= domain.length(); i++) {
      char c = i == domain.length() ? '.' : domain.charAt(i);
      if (c == '.') {
        if (i == start || i - start > 63 || domain.charAt(i - 1) == '-') {
          return false;
        }
        start = i + 1;
      } else if (!isAlphanumeric(c) && (c != '-' || i == start)) {
        return false;
      }
    }
    return true;
  }

  private static boolean isAlphanumeric(char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
  }
}
