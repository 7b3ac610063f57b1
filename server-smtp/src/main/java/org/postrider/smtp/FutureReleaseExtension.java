package org.postrider.smtp;

import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/**
 * FUTURERELEASE (RFC 4865), for authenticated users: a message is held until a time that its sender
 * names. It waits in the queue, with its recipients here too.
 */
final class FutureReleaseExtension implements SmtpExtension {
  @Override
  public Optional<String> ehloLine(SmtpSession session) {
    if (!isOffered(session)) {
      return Optional.empty();
    }
    Duration most = session.settings().extensions().holdMax();
    Instant latest = session.clock().instant().plus(most).truncatedTo(ChronoUnit.SECONDS);
    return Optional.of("FUTURERELEASE " + most.toSeconds() + " " + latest);
  }

  private static boolean isOffered(SmtpSession session) {
    return session.isAuthenticated() && session.settings().extensions().holdMax().isPositive();
  }

  @Override
  public boolean mailParameter(MailParameter parameter, Envelope envelope, SmtpSession session)
      throws SmtpRefusal {
    boolean interval = parameter.keyword().equals("HOLDFOR");
    if (!(interval || parameter.keyword().equals("HOLDUNTIL")) || !isOffered(session)) {
      return false;
    }
    Instant now = session.clock().instant();
    Instant until = interval ? after(parameter.text(), now) : at(parameter.text());
    boolean late = until.isAfter(now.plus(session.settings().extensions().holdMax()));
    if (late || envelope.notBefore() != 0) { // RFC 4865 §4.2: one of the two, once
      throw new SmtpRefusal(late ? Replies.HELD_TOO_LONG : Replies.BAD_PARAMETER);
    }
    if (until.isAfter(now)) {
      envelope.holdUntil(until.toEpochMilli());
      envelope.keep(
          new MailParameter("HOLDUNTIL", until.truncatedTo(ChronoUnit.SECONDS).toString()));
      if (interval) {
        envelope.keep(parameter); // as it was asked, for reports (RFC 4865 §5.1.2)
      }
    }
    return true;
  }

  private static Instant after(String seconds, Instant now) throws SmtpRefusal {
    if (seconds.isEmpty()
        || seconds.length() > 9
        || !seconds.chars().allMatch(c -> c >= '0' && c <= '9')) {
      throw new SmtpRefusal(Replies.BAD_PARAMETER);
    }
    return now.plusSeconds(Long.parseLong(seconds));
  }

  private static Instant at(String dateTime) throws SmtpRefusal {
    try {
      return OffsetDateTime.parse(dateTime).toInstant(); // RFC 3339
    } catch (DateTimeParseException e) {
      throw new SmtpRefusal(Replies.BAD_PARAMETER);
    }
  }
}
