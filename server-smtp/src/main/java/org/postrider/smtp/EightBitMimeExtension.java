package org.postrider.smtp;

import java.util.Locale;
import java.util.Optional;

/**
 * 8BITMIME (RFC 6152). The store is 8-bit clean, so the parameter only matters for what is sent on.
 */
final class EightBitMimeExtension implements SmtpExtension {
  @Override
  public Optional<String> ehloLine(SmtpSession session) {
    return Optional.of("8BITMIME");
  }

  @Override
  public boolean mailParameter(MailParameter parameter, Envelope envelope, SmtpSession session)
      throws SmtpRefusal {
    if (!parameter.keyword().equals("BODY") || parameter.text().equalsIgnoreCase("BINARYMIME")) {
      return false;
    }
    switch (parameter.text().toUpperCase(Locale.ROOT)) {
      case "7BIT" -> {}
      case "8BITMIME" -> envelope.keep(new MailParameter("BODY", "8BITMIME"));
      default -> throw new SmtpRefusal(Replies.BAD_PARAMETER);
    }
    return true;
  }
}
