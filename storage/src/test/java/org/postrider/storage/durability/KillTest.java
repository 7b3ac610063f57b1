package org.postrider.storage.durability;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** More with {@code -Dpostrider.kill.kills=N}, others with {@code -Dpostrider.kill.seed=S}. */
class KillTest {
  private static final int KILLS = Integer.getInteger("postrider.kill.kills", 5);
  private static final long SEED = Long.getLong("postrider.kill.seed", 1);

  @Test
  void aKilledProcessLosesNothingAcknowledged(@TempDir Path directory) throws IOException {
    Outcome outcome = KillRun.run(KILLS, SEED, directory);
    assertThat(outcome.problems()).isEmpty();
    assertThat(outcome.cuts()).isEqualTo(KILLS);
  }
}
