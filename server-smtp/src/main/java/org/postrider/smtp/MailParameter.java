package org.postrider.smtp;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A parameter of MAIL or RCPT (RFC 5321 §4.1.2).
 *
 * @param keyword in capitals
 * @param value null when there was no {@code =}
 */
record MailParameter(String keyword, @Nullable String value) {
  /** Parameters as the command would have them. */
  static String joined(List<MailParameter> parameters) {
    return String.join(" ", parameters.stream().map(MailParameter::toString).toList());
  }

  /** The value, or empty when there is none. */
  String text() {
    return value == null ? "" : value;
  }

  @Override
  public String toString() {
    return value == null ? keyword : keyword + "=" + value;
  }
}
