package org.postrider.storage.durability;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.postrider.testkit.Outcome;

/** Many trials, some at a time. */
public final class PowerLossRun {
  /** How often the power goes in one trial. */
  public static final int LOSSES_OF_A_TRIAL = 7;

  /** Pages and sectors: trials take turns. */
  private static final int[] PAGE_OCTETS = {4096, 512};

  /** A trial takes seconds; one that is not done then stands still. */
  private static final Duration TRIAL_MAX = Duration.ofMinutes(2);

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
        results.add(executor.submit(() -> trial(trial, ordered, trial % 2 == 0 ? pages : sectors)));
      }
      for (Future<Outcome> result : results) {
        sum = sum.plus(result.get());
      }
    } catch (InterruptedException | ExecutionException e) {
      throw new IllegalStateException(e);
    }
    return sum;
  }

  /** A store that does not come back from opening or closing is one more finding. */
  private static Outcome trial(long seed, boolean ordered, PowerLossTrial.Template template)
      throws InterruptedException, ExecutionException {
    FutureTask<Outcome> trial =
        new FutureTask<>(() -> PowerLossTrial.run(seed, ordered, LOSSES_OF_A_TRIAL, template));
    Thread.ofPlatform().daemon().start(trial);
    try {
      return trial.get(TRIAL_MAX.toSeconds(), TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      return Outcome.of(0, 0, List.of("corrupt: the store stands still: " + threads()), seed);
    }
  }

  private static String threads() {
    StringBuilder threads = new StringBuilder();
    Thread.getAllStackTraces()
        .forEach((thread, stack) -> {
          List<StackTraceElement> frames = List.of(stack);
          if (frames.stream()
              .anyMatch(frame -> frame.getClassName().startsWith("org.postrider."))) {
            threads.append('\n').append(thread).append(' ').append(frames);
          }
        });
    return threads.toString();
  }

  /** How many trials it takes until the power went that often, each with a seed of its own. */
  public static int trials(int losses) {
    return (losses + LOSSES_OF_A_TRIAL - 1) / LOSSES_OF_A_TRIAL;
  }
}
