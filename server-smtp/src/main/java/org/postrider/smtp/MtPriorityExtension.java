package org.postrider.smtp;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Pattern;
import org.postrider.message.Header;

/**
 * MT-PRIORITY (RFC 6710), for authenticated users: what is more urgent leaves the queue first. The
 * header field {@code MT-Priority} carries it over servers that do not know the extension, and is
 * heard where there is no parameter (RFC 6758).
 */
final class MtPriorityExtension implements SmtpExtension {
  static final String FIELD = "MT-Priority";
  private static final Pattern VALUE = Pattern.compile("0|-?[1-9]");

  @Override
  public Optional<String> ehloLine(SmtpSession session) {
    return session.isAuthenticated() ? Optional.of("MT-PRIORITY") : Optional.empty();
  }

  @Override
  public boolean mailParameter(MailParameter parameter, Envelope envelope, SmtpSession session)
      throws SmtpRefusal {
    if (!parameter.keyword().equals("MT-PRIORITY") || !session.isAuthenticated()) {
      return false;
    }
    if (!VALUE.matcher(parameter.text()).matches()) {
      throw new SmtpRefusal(Replies.BAD_PARAMETER);
    }
    envelope.prioritize(Integer.parseInt(parameter.text()));
    return true;
  }

  /** The header field, or nothing when no priority was named. */
  static byte[] field(Envelope envelope) {
    return envelope.priority().isEmpty()
        ? new byte[0]
        : (FIELD + ": " + envelope.priority().getAsInt() + "\r\n")
            .getBytes(StandardCharsets.US_ASCII);
  }

  /** Takes the priority from the header of a submitted message when MAIL named none. */
  static void hear(Header header, Envelope envelope) {
    if (envelope.priority().isPresent()) {
      return;
    }
    header.fields().stream()
        .filter(field -> field.is(FIELD))
        .map(field -> field.value().strip())
        .filter(value -> VALUE.matcher(value).matches())
        .findFirst()
        .ifPresent(value -> envelope.prioritize(Integer.parseInt(value)));
  }
}
