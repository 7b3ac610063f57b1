package org.postrider.smtp.check;

/**
 * Refuses mail that was passed on so often that it must be going in a circle (RFC 5321 §6.3).
 *
 * @param receivedMax fields {@code Received} that mean a loop
 */
public record LoopCheck(int receivedMax) implements MailCheck {
  private static final Verdict LOOP =
      new Verdict.Refuse(554, "5.4.6", "Too many Received fields: the mail loops");

  @Override
  public Verdict examine(Candidate candidate) {
    long received =
        candidate.received().fields().stream().filter(field -> field.is("Received")).count();
    return received >= receivedMax ? LOOP : Verdict.PASS;
  }
}
