package org.postrider.smtp.check;

/**
 * A step of the acceptance pipeline: looks at a message that was received whole, before it is filed
 * or queued. It may refuse the message, or change its header and its recipients and let it pass.
 */
@FunctionalInterface
public interface MailCheck {
  /** What is to become of the message; changes are made in the candidate. */
  Verdict examine(Candidate candidate);
}
