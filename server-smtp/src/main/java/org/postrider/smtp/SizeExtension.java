package org.postrider.smtp;

import java.util.Optional;

/** SIZE (RFC 1870). */
final class SizeExtension implements SmtpExtension {
  @Override
  public Optional<String> ehloLine(SmtpSession session) {
    return Optional.of("SIZE " + session.settings().messageBytesMax());
  }

  @Override
  public boolean mailParameter(MailParameter parameter, Envelope envelope, SmtpSession session)
      throws SmtpRefusal {
    if (!parameter.keyword().equals("SIZE")) {
      return false;
    }
    String value = parameter.value();
    // size-value is 1*20DIGIT: more than a long holds, and then too big in any case
    if (value == null
        || value.length() > 20
        || !value.chars().allMatch(c -> c >= '0' && c <= '9')) {
      throw new SmtpRefusal(Replies.BAD_PARAMETER);
    }
    long size = value.length() > 18 ? Long.MAX_VALUE : Long.parseLong(value);
    if (size > session.settings().messageBytesMax()) {
      throw new SmtpRefusal(Replies.TOO_BIG);
    }
    envelope.declareSize(size);
    return true;
  }
}
