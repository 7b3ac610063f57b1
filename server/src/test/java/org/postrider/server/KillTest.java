package org.postrider.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.postrider.server.KillRun.Load.MIXED;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postrider.testkit.Outcome;

/** More with {@code -Dpostrider.kill.kills=N}, others with {@code -Dpostrider.kill.seed=S}. */
class KillTest {
  private static final int KILLS = Integer.getInteger("postrider.kill.kills", 12);
  private static final long SEED = Long.getLong("postrider.kill.seed", 1);

  @Test
  void aKilledServerLosesNothingAcknowledged(@TempDir Path directory) throws Exception {
    Outcome outcome;
    ServerLaunch launch = ServerLaunch.rehearse(directory.resolve("launch"));
    try (ExecutorService two = Executors.newFixedThreadPool(2)) {
      Path one = Files.createDirectory(directory.resolve("1"));
      Path other = Files.createDirectory(directory.resolve("2"));
      Future<Outcome> half = two.submit(() -> KillRun.run(launch, MIXED, KILLS / 2, SEED, one));
      Future<Outcome> rest =
          two.submit(() -> KillRun.run(launch, MIXED, KILLS - KILLS / 2, SEED + 1, other));
      outcome = half.get().plus(rest.get());
    }
    assertThat(outcome.problems()).isEmpty();
    assertThat(outcome.cuts()).isEqualTo(KILLS);
  }
}
