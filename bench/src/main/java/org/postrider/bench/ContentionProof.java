package org.postrider.bench;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.postrider.server.ContentionRun;
import org.postrider.testkit.Outcome;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Many clients at the same mailboxes. */
@Command(
    name = "contention",
    description = "Clients at the same mailboxes: each must know what the store has.")
final class ContentionProof implements Callable<Integer> {
  @Option(names = "--seconds", defaultValue = "60", description = "How long.")
  private int seconds;

  @Option(names = "--sessions", defaultValue = "50", description = "IMAP sessions.")
  private int sessions;

  @Option(names = "--seed", defaultValue = "1", description = "Of what the clients do.")
  private long seed;

  @Override
  public Integer call() throws Exception {
    Proof proof = new Proof("contention", "runs");
    Path directory = Files.createTempDirectory("postrider-contention");
    try {
      long start = System.nanoTime();
      Outcome outcome = ContentionRun.run(directory, sessions, Duration.ofSeconds(seconds), seed);
      proof.row(seed, outcome, System.nanoTime() - start);
      return proof.end(outcome);
    } finally {
      Target.delete(directory);
    }
  }
}
