package org.postrider.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.postrider.server.KillRun;
import org.postrider.server.ServerLaunch;
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

  @Option(names = "--parallel", defaultValue = "2", description = "Rows at a time.")
  private int parallel;

  @Option(names = "--outbound", description = "Under mail for other servers alone.")
  private boolean outbound;

  @Override
  public Integer call() throws IOException, InterruptedException {
    Path directory = Files.createTempDirectory("postrider-kill");
    try {
      return run(ServerLaunch.rehearse(directory.resolve("launch")), directory);
    } finally {
      Target.delete(directory);
    }
  }

  private int run(ServerLaunch launch, Path directory) throws IOException, InterruptedException {
    Proof proof = new Proof("kill", "kills");
    Outcome sum = Outcome.NONE;
    KillRun.Load load = outbound ? KillRun.Load.OUTBOUND : KillRun.Load.MIXED;
    try (ExecutorService executor = Executors.newFixedThreadPool(parallel)) {
      List<Future<Row>> rows = new ArrayList<>();
      for (int left = kills; left > 0; left -= KILLS_OF_A_ROW) {
        int wanted = Math.min(KILLS_OF_A_ROW, left);
        long own = seed + rows.size();
        rows.add(executor.submit(() -> row(launch, load, wanted, own, directory)));
      }
      for (Future<Row> each : rows) {
        Row row = each.get();
        proof.row(row.seed, row.outcome, row.nanos);
        sum = sum.plus(row.outcome);
      }
    } catch (ExecutionException e) {
      throw new IOException(e);
    }
    return proof.end(sum);
  }

  private record Row(long seed, Outcome outcome, long nanos) {}

  private static Row row(
      ServerLaunch launch, KillRun.Load load, int kills, long seed, Path directory)
      throws IOException, InterruptedException {
    long start = System.nanoTime();
    Path data = Files.createDirectory(directory.resolve(Long.toString(seed)));
    Outcome outcome = KillRun.run(launch, load, kills, seed, data);
    Target.delete(data);
    return new Row(seed, outcome, System.nanoTime() - start);
  }
}
