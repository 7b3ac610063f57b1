package org.postrider.smtp;

import java.util.Optional;

/** SMTPUTF8 (RFC 6531). */
final class SmtpUtf8Extension implements SmtpExtension {
  @Override
  public Optional<String> ehloLine(SmtpSession session) {
    return Optional.of("SMTPUTF8");
  }

  @Override
  public boolean mailParameter(MailParameter parameter, Envelope envelope, SmtpSession session)
      throws SmtpRefusal {
    if (!parameter.keyword().equals("SMTPUTF8")) {
      return false;
    }
    if (parameter.value() != null) {
      throw new SmtpRefusal(Replies.BAD_PARAMETER);
    }
    envelope.internationalize();
    envelope.keep(parameter);
    return true;
  }

  /** RFC 6531 §3.5. */
  @Override
  public void checkMail(Envelope envelope, SmtpSession session) throws SmtpRefusal {
    if (!envelope.isInternationalized()
        && envelope.reversePath() instanceof ReversePath.Sender(MailAddress address)
        && !address.isAscii()) {
      throw new SmtpRefusal(Replies.NO_UTF8_ADDRESS);
    }
  }

  /** RFC 6531 §3.5. */
  @Override
  public void checkRcpt(ForwardPath path, Envelope envelope, SmtpSession session)
      throws SmtpRefusal {
    if (!envelope.isInternationalized()
        && path instanceof ForwardPath.Recipient(MailAddress address)
        && !address.isAscii()) {
      throw new SmtpRefusal(Replies.NO_UTF8_ADDRESS);
    }
  }
}
