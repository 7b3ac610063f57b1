package org.postrider.smtp;

import java.util.List;
import java.util.Optional;
import org.postrider.smtp.relay.Xtext;

/**
 * AUTH (RFC 4954), on submission ports, where the connection keeps secrets: the one place that says
 * so is {@link SmtpSession#mechanisms}.
 */
final class AuthExtension implements SmtpExtension {
  @Override
  public Optional<String> ehloLine(SmtpSession session) {
    List<String> mechanisms = session.mechanisms();
    return mechanisms.isEmpty()
        ? Optional.empty()
        : Optional.of("AUTH " + String.join(" ", mechanisms));
  }

  /**
   * {@code AUTH=} names who first submitted a message. We trust no client to speak for others, so a
   * well-formed value is taken and treated as {@code <>} (RFC 4954 §5).
   */
  @Override
  public boolean mailParameter(MailParameter parameter, Envelope envelope, SmtpSession session)
      throws SmtpRefusal {
    if (!parameter.keyword().equals("AUTH") || session.mechanisms().isEmpty()) {
      return false;
    }
    String value = parameter.value();
    if (value == null || !Xtext.isXtext(value)) {
      throw new SmtpRefusal(Replies.BAD_PARAMETER);
    }
    return true;
  }
}
