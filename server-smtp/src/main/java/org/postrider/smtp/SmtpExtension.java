package org.postrider.smtp;

import java.util.List;
import java.util.Optional;

/**
 * A service extension (RFC 5321 §2.2): owns its line of the EHLO reply, its parameters of MAIL and
 * RCPT, and its checks. A parameter that no offered extension owns is refused with 555.
 */
interface SmtpExtension {
  /** The line of the EHLO reply, or empty when it is not offered to this session now. */
  Optional<String> ehloLine(SmtpSession session);

  /**
   * Takes a parameter of MAIL into the envelope.
   *
   * @return false when it is not one of this extension
   * @throws SmtpRefusal when its value is bad, or what it asks for is refused
   */
  default boolean mailParameter(MailParameter parameter, Envelope envelope, SmtpSession session)
      throws SmtpRefusal {
    return false;
  }

  /**
   * Takes a parameter of RCPT.
   *
   * @param kept what the queue must know of the recipient's parameters; it may be added to
   * @return false when it is not one of this extension
   * @throws SmtpRefusal when its value is bad, or what it asks for is refused
   */
  default boolean rcptParameter(
      MailParameter parameter, List<MailParameter> kept, Envelope envelope, SmtpSession session)
      throws SmtpRefusal {
    return false;
  }

  /** Checks the sender, after all parameters of MAIL. */
  default void checkMail(Envelope envelope, SmtpSession session) throws SmtpRefusal {}

  /** Checks a recipient, after all parameters of RCPT. */
  default void checkRcpt(ForwardPath path, Envelope envelope, SmtpSession session)
      throws SmtpRefusal {}
}
