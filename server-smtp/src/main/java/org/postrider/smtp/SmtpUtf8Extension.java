package org.postrider.smtp;

import java.util.Optional;
import org.postrider.message.DomainName;

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
    if (envelope.reversePath() instanceof ReversePath.Sender(MailAddress address)) {
      check(address, envelope, Replies.BAD_SENDER);
    }
  }

  /** RFC 6531 §3.5. */
  @Override
  public void checkRcpt(ForwardPath path, Envelope envelope, SmtpSession session)
      throws SmtpRefusal {
    if (path instanceof ForwardPath.Recipient(MailAddress address)) {
      check(address, envelope, Replies.BAD_RECIPIENT);
    }
  }

  /** The domain must be one of IDNA2008 (RFC 6531 §3.3). */
  private static void check(MailAddress address, Envelope envelope, SmtpReply bad)
      throws SmtpRefusal {
    if (address.isAscii()) {
      return;
    }
    if (!envelope.isInternationalized()) {
      throw new SmtpRefusal(Replies.NO_UTF8_ADDRESS);
    }
    if (!address.domain().startsWith("[") && DomainName.toAscii(address.domain()).isEmpty()) {
      throw new SmtpRefusal(bad);
    }
  }
}
