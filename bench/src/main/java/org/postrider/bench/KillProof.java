package org.postrider.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.postrider.server.KillRun;
import org.postrider.testkit.Outcome;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** A server that is killed under load. */
@Command(
    name = "kill",
    description = "Kills of a server under load: what was acknowledged must be there.")
final class KillProof implements Callable<Integer> {
  private static final int KILLS_OF_A_ROW = 25;

  @Option(names = "--kills", defaultValue = "50", description = "How many processes.")
  private int kills;

  @Option(names = "--seed", defaultValue = "1", description = "Of the first row.")
  private long seed;

  @Override
  public Integer call() throws IOException, InterruptedException {
    Proof proof = new Proof("kill", "kills");
    Outcome sum = Outcome.NONE;
    while (sum.cuts() < kills) {
      Path directory = Files.createTempDirectory("postrider-kill");
      try {
        long start = System.nanoTime();
        Outcome row = KillRun.run(Math.min(KILLS_OF_A_ROW, kills - sum.cuts()), seed, directory);
        proof.row(seed, row, System.nanoTime() - start);
        seed++;
        sum = sum.plus(row);
      } finally {
        Target.delete(directory);
      }
    }
    return proof.end(sum);
  }
}
