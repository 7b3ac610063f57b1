package org.postrider.storage.durability;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.postrider.testkit.Outcome;

/**
 * More with {@code -Dpostrider.powerloss.losses=N}, others with {@code
 * -Dpostrider.powerloss.seed=S}, one again with the seed that its failure tells and as many losses
 * as one trial has.
 */
class PowerLossTest {
  private static final int LOSSES = Integer.getInteger("postrider.powerloss.losses", 210);
  private static final long SEED = Long.getLong("postrider.powerloss.seed", 1);

  @Test
  void nothingAcknowledgedIsLost() {
    Outcome outcome = PowerLossRun.run(LOSSES, SEED, true, 2);
    assertThat(outcome.problems()).isEmpty();
    assertThat(outcome.cuts()).isGreaterThanOrEqualTo(LOSSES);
    assertThat(outcome.acknowledged()).isGreaterThan(LOSSES);
  }

  /** Shows that the trial would see it. */
  @Test
  void withoutTheOrderOfWritesThereAreLosses() {
    Outcome outcome = Outcome.NONE;
    for (long seed = SEED; outcome.cuts() < 200 && outcome.problems().isEmpty(); seed++) {
      outcome = outcome.plus(PowerLossRun.run(PowerLossRun.LOSSES_OF_A_TRIAL, seed, false, 1));
    }
    assertThat(outcome.lost() + outcome.corrupt()).as(outcome.problems().toString()).isPositive();
  }
}
