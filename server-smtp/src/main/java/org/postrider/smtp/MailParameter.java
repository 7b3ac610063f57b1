package org.postrider.smtp;

import org.jspecify.annotations.Nullable;

/**
 * A parameter of MAIL or RCPT (RFC 5321 §4.1.2).
 *
 * @param keyword in capitals
 * @param value null when there was no {@code =}
 */
record MailParameter(String keyword, @Nullable String value) {
  @Override
  public String toString() {
    return value == null ? keyword : keyword + "=" + value;
  }
}
