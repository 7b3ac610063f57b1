package org.postrider.storage.durability;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.postrider.testkit.Outcome;

/** Many trials, some at a time. */
public final class PowerLossRun {
  /** How often the power goes in one trial. */
  public static final int LOSSES_OF_A_TRIAL = 7;

  /** Pages and sectors: trials take turns. */
  private static final int[] PAGE_OCTETS = {4096, 512};

  private PowerLossRun() {}

  /**
   * Runs trials until the power went that often.
   *
   * @param seed of the first trial; the others count on from it
   * @param ordered whether the ordering file system lies under H2
   * @param parallel trials at a time
   */
  public static Outcome run(int losses, long seed, boolean ordered, int parallel) {
    Outcome sum = Outcome.NONE;
    try (PowerLossTrial.Template pages = new PowerLossTrial.Template(PAGE_OCTETS[0]);
        PowerLossTrial.Template sectors = new PowerLossTrial.Template(PAGE_OCTETS[1]);
        ExecutorService executor = Executors.newFixedThreadPool(parallel)) {
      List<Future<Outcome>> results = new ArrayList<>();
      for (int i = 0; i < trials(losses); i++) {
        long trial = seed + i;
        results.add(
            executor.submit(() ->
                PowerLossTrial.run(
                    trial, ordered, LOSSES_OF_A_TRIAL, trial % 2 == 0 ? pages : sectors)));
      }
      for (Future<Outcome> result : results) {
        sum = sum.plus(result.get());
      }
    } catch (InterruptedException | ExecutionException e) {
      throw new IllegalStateException(e);
    }
    return sum;
  }

  /** How many trials it takes until the power went that often, each with a seed of its own. */
  public static int trials(int losses) {
    return (losses + LOSSES_OF_A_TRIAL - 1) / LOSSES_OF_A_TRIAL;
  }
}
