package org.postrider.smtp.check;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A check by another program, which may be slow, away or out of its mind. */
final class GuardedCheck implements MailCheck {
  private static final Logger log = LoggerFactory.getLogger(GuardedCheck.class);
  private static final Verdict DEFER =
      new Verdict.Refuse(451, "4.7.1", "The message cannot be checked now, try again later");

  private final String name;
  private final PeerCheck check;
  private final CheckLimits limits;
  private final Semaphore places;

  /**
   * @param name for the log
   */
  GuardedCheck(String name, PeerCheck check, CheckLimits limits) {
    this.name = name;
    this.check = check;
    this.limits = limits;
    this.places = new Semaphore(limits.atOnce(), true);
  }

  @Override
  public Verdict examine(Candidate candidate) {
    try {
      Verdict verdict = inTurn(candidate);
      if (!(verdict instanceof Verdict.Pass)) {
        log.info("{} {} says {}", candidate.id(), name, verdict);
      }
      return verdict;
    } catch (IOException e) {
      log.warn("{} not checked by {}: {}", candidate.id(), name, String.valueOf(e.getMessage()));
      return switch (limits.onFailure()) {
        case ACCEPT -> Verdict.PASS;
        case DEFER -> DEFER;
      };
    }
  }

  private Verdict inTurn(Candidate candidate) throws IOException {
    try {
      if (!places.tryAcquire(limits.timeout().toMillis(), TimeUnit.MILLISECONDS)) {
        throw new CheckException("too many messages at once");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted");
    }
    try {
      return check.ask(candidate);
    } finally {
      places.release();
    }
  }
}
