package org.postrider.smtp;

import java.util.Optional;

/**
 * BINARYMIME (RFC 3030 §3): a body of any octets, which only BDAT can bring. What lies in the store
 * are lines; a body that is none is encoded when it has come ({@link
 * org.postrider.message.BinaryBody}).
 */
final class BinaryMimeExtension implements SmtpExtension {
  @Override
  public Optional<String> ehloLine(SmtpSession session) {
    return Optional.of("BINARYMIME");
  }

  @Override
  public boolean mailParameter(MailParameter parameter, Envelope envelope, SmtpSession session) {
    if (!parameter.keyword().equals("BODY") || !parameter.text().equalsIgnoreCase("BINARYMIME")) {
      return false;
    }
    envelope.makeBinary();
    return true;
  }
}
