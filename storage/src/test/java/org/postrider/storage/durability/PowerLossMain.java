package org.postrider.storage.durability;

import java.util.List;
import org.postrider.storage.durability.PowerLossTrial.Outcome;

/** The long proof, without a test runner: {@code [--cuts N] [--seed S] [--unordered]}. */
public final class PowerLossMain {
  private static final int CUTS_OF_A_ROW = 350;

  private PowerLossMain() {}

  /** Prints a row for some hundred cuts each and, last, one line of JSON. */
  public static void main(String[] args) {
    List<String> given = List.of(args);
    int cuts = (int) option(given, "--cuts", 1000);
    long seed = option(given, "--seed", 1);
    boolean ordered = !given.contains("--unordered");
    Outcome sum = new Outcome(0, 0, 0, 0, List.of());
    System.out.printf(
        "%8s %8s %12s %6s %8s %8s%n", "seed", "cuts", "acknowledged", "lost", "corrupt", "seconds");
    while (sum.losses() < cuts) {
      long start = System.nanoTime();
      int losses = Math.min(CUTS_OF_A_ROW, cuts - sum.losses());
      Outcome row = PowerLossRun.run(losses, seed, ordered, 2);
      System.out.printf(
          "%8d %8d %12d %6d %8d %8.1f%n",
          seed,
          row.losses(),
          row.acknowledged(),
          row.lost(),
          row.corrupt(),
          (System.nanoTime() - start) / 1e9);
      row.problems().stream().limit(20).forEach(p -> System.out.println("  " + p));
      sum = sum.plus(row);
      seed += PowerLossRun.trials(losses);
    }
    System.out.printf(
        "{\"cuts\": %d, \"acknowledged\": %d, \"lost\": %d, \"corrupt\": %d, \"failed\": %d}%n",
        sum.losses(),
        sum.acknowledged(),
        sum.lost(),
        sum.corrupt(),
        sum.problems().size() - sum.lost() - sum.corrupt());
    if (!sum.problems().isEmpty()) {
      System.exit(1);
    }
  }

  private static long option(List<String> args, String name, long otherwise) {
    int at = args.indexOf(name);
    return at < 0 || at + 1 >= args.size() ? otherwise : Long.parseLong(args.get(at + 1));
  }
}
