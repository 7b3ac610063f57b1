package org.postrider.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Another with {@code -Dpostrider.contention.seed=S}; for longer with {@code bench/run}. */
class ContentionTest {
  private static final long SEED = Long.getLong("postrider.contention.seed", 1);

  @Test
  void manyClientsAgreeWithTheStore(@TempDir Path data) throws Exception {
    assertThat(ContentionRun.run(data, 15, Duration.ofSeconds(3), SEED).problems()).isEmpty();
  }
}
