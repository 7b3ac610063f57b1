package org.postrider.smtp;

import java.util.Optional;

/**
 * REQUIRETLS (RFC 8689): the message goes on over verified TLS only. Offered under TLS; the wish is
 * kept with the message for who brings it on.
 */
final class RequireTlsExtension implements SmtpExtension {
  private static final String KEYWORD = "REQUIRETLS";

  @Override
  public Optional<String> ehloLine(SmtpSession session) {
    return session.connection().tls() == null ? Optional.empty() : Optional.of(KEYWORD);
  }

  @Override
  public boolean mailParameter(MailParameter parameter, Envelope envelope, SmtpSession session)
      throws SmtpRefusal {
    if (!parameter.keyword().equals(KEYWORD)) {
      return false;
    }
    if (parameter.value() != null) {
      throw new SmtpRefusal(Replies.BAD_PARAMETER);
    }
    if (session.connection().tls() == null) {
      throw new SmtpRefusal(Replies.TLS_REQUIRED);
    }
    envelope.keep(parameter);
    return true;
  }
}
