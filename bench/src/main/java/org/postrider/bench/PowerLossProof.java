package org.postrider.bench;

import java.util.concurrent.Callable;
import org.postrider.storage.durability.PowerLossRun;
import org.postrider.testkit.Outcome;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The store on a disk in memory that loses its power at every kind of moment. */
@Command(
    name = "power-loss",
    description = "Simulated losses of power: what was acknowledged must be there.")
final class PowerLossProof implements Callable<Integer> {
  private static final int CUTS_OF_A_ROW = 350;

  @Option(names = "--cuts", defaultValue = "2000", description = "How often the power goes.")
  private int cuts;

  @Option(names = "--seed", defaultValue = "1", description = "Of the first trial.")
  private long seed;

  @Option(names = "--unordered", description = "H2 as it is, to see that losses are found.")
  private boolean unordered;

  @Option(names = "--parallel", defaultValue = "2", description = "Trials at a time.")
  private int parallel;

  @Override
  public Integer call() {
    Proof proof = new Proof("power-loss", "cuts");
    Outcome sum = Outcome.NONE;
    while (sum.cuts() < cuts) {
      long start = System.nanoTime();
      int wanted = Math.min(CUTS_OF_A_ROW, cuts - sum.cuts());
      Outcome row = PowerLossRun.run(wanted, seed, !unordered, parallel);
      proof.row(seed, row, System.nanoTime() - start);
      seed += PowerLossRun.trials(wanted);
      sum = sum.plus(row);
    }
    return proof.end(sum);
  }
}
