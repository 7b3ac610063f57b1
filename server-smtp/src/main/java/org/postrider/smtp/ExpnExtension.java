package org.postrider.smtp;

import java.util.Optional;

/** EXPN (RFC 5321 §3.5): whom an alias leads to is told to authenticated users (§7.3). */
final class ExpnExtension implements SmtpExtension {
  @Override
  public Optional<String> ehloLine(SmtpSession session) {
    return session.isAuthenticated() ? Optional.of("EXPN") : Optional.empty();
  }
}
