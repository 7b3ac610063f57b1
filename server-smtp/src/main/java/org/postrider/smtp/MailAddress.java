package org.postrider.smtp;

/**
 * SMTP's {@code Mailbox} (RFC 5321 §4.1.2).
 *
 * @param localPart without the quoting it may have come in
 * @param domain a domain, or an address literal in brackets
 */
record MailAddress(String localPart, String domain) {

  boolean isAscii() {
    return localPart.chars().allMatch(c -> c < 128) && domain.chars().allMatch(c -> c < 128);
  }

  /** {@code local@domain}, quoted only where the grammar asks for it. */
  @Override
  public String toString() {
    if (isDotString(localPart)) {
      return localPart + "@" + domain;
    }
    StringBuilder text = new StringBuilder(localPart.length() + domain.length() + 4).append('"');
    for (int i = 0; i < localPart.length(); i++) {
      char c = localPart.charAt(i);
      if (c == '"' || c == '\\') {
        text.append('\\');
      }
      text.append(c);
    }
    return text.append("\"@").append(domain).toString();
  }

  private static boolean isDotString(String text) {
    if (text.isEmpty() || text.startsWith(".") || text.endsWith(".") || text.contains("..")) {
      return false;
    }
    return text.chars().allMatch(c -> c == '.' || isAtext(c));
  }

  /** RFC 5322 §3.2.3 atext, with what RFC 6531 §3.3 adds to it. */
  static boolean isAtext(int c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9')
        || c >= 128
        || "!#$%&'*+-/=?^_`{|}~".indexOf(c) >= 0;
  }
}
