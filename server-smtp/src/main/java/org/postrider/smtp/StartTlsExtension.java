package org.postrider.smtp;

import java.util.Optional;

/** STARTTLS (RFC 3207); not offered once TLS is there. */
final class StartTlsExtension implements SmtpExtension {
  @Override
  public Optional<String> ehloLine(SmtpSession session) {
    return session.connection().canStartTls() ? Optional.of("STARTTLS") : Optional.empty();
  }
}
