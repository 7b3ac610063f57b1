package org.postrider.smtp;

import java.util.List;
import java.util.Optional;
import org.postrider.message.Header;

/**
 * A step of the acceptance pipeline: looks at a message that was received whole, before it is filed
 * or queued, and may refuse it.
 */
@FunctionalInterface
interface MailCheck {
  /**
   * A message on its way in.
   *
   * @param header as the client sent it, without our trace fields
   */
  record Candidate(Envelope envelope, Header header, SmtpSettings settings) {}

  /** The reply that refuses the message, or empty when there is nothing against it. */
  Optional<SmtpReply> refuse(Candidate candidate);

  /** All checks, in the order in which they are asked. */
  static List<MailCheck> all() {
    return List.of(MailCheck::loop);
  }

  /** RFC 5321 §6.3. */
  private static Optional<SmtpReply> loop(Candidate candidate) {
    long received = candidate.header().fields().stream().filter(f -> f.is("Received")).count();
    return received >= candidate.settings().receivedMax()
        ? Optional.of(Replies.LOOP)
        : Optional.empty();
  }
}
