package org.postrider.smtp;

import java.util.Optional;

/**
 * An extension without parameters that is always offered.
 *
 * @param keyword its EHLO keyword
 */
record SimpleExtension(String keyword) implements SmtpExtension {
  @Override
  public Optional<String> ehloLine(SmtpSession session) {
    return Optional.of(keyword);
  }
}
