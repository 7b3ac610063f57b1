package org.postrider.smtp;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * DELIVERBY (RFC 2852), for authenticated users: the sender says until when his message must have
 * arrived, and whether it comes back else (R) or he is told that it waits (N). The relay obeys it.
 */
final class DeliverByExtension implements SmtpExtension {
  private static final Pattern VALUE =
      Pattern.compile("([+-]?\\d{1,9});([RN])(T?)", Pattern.CASE_INSENSITIVE);

  @Override
  public Optional<String> ehloLine(SmtpSession session) {
    return session.isAuthenticated() ? Optional.of("DELIVERBY") : Optional.empty();
  }

  @Override
  public boolean mailParameter(MailParameter parameter, Envelope envelope, SmtpSession session)
      throws SmtpRefusal {
    if (!parameter.keyword().equals("BY") || !session.isAuthenticated()) {
      return false;
    }
    Matcher value = VALUE.matcher(parameter.text());
    if (!value.matches()) {
      throw new SmtpRefusal(Replies.BAD_PARAMETER);
    }
    int seconds = Integer.parseInt(value.group(1));
    boolean comesBack = value.group(2).equalsIgnoreCase("R");
    if (comesBack && seconds <= 0) {
      throw new SmtpRefusal(Replies.BAD_PARAMETER); // RFC 2852 §4
    }
    String mode = (value.group(2) + value.group(3)).toUpperCase(Locale.ROOT);
    envelope.keep(new MailParameter("BY", seconds + ";" + mode));
    envelope.deliverBy(seconds);
    return true;
  }

  /** A message that is held for longer than it may take could only be late (RFC 4865 §5.2.2). */
  @Override
  public void checkMail(Envelope envelope, SmtpSession session) throws SmtpRefusal {
    long now = session.clock().millis();
    if (envelope.notBefore() != 0
        && envelope.deliverBy().isPresent()
        && envelope.notBefore() >= now + envelope.deliverBy().getAsInt() * 1000L) {
      throw new SmtpRefusal(Replies.HELD_TOO_LONG);
    }
  }
}
