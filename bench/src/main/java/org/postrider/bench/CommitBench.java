package org.postrider.bench;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.postrider.storage.durability.CommitRate;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** What it costs that a commit is on disk when it returns. */
@Command(name = "commits", description = "Commits a second of H2 with one writer, by file system.")
final class CommitBench implements Callable<Integer> {
  private static final int[] ROWS = {1, 8, 32};

  @Option(names = "--runs", defaultValue = "7", description = "Rounds.")
  private int runs;

  @Option(names = "--commits", defaultValue = "400", description = "Commits of a round.")
  private int commits;

  @Override
  public Integer call() throws Exception {
    Report report = new Report("commits");
    for (int run = 0; run < runs; run++) {
      for (int rows : ROWS) {
        for (CommitRate.Variant variant : CommitRate.Variant.values()) {
          Path directory = Files.createTempDirectory("postrider-bench");
          try {
            report.add(
                variant.name().toLowerCase(Locale.ROOT) + ", " + rows + " x 4 KB",
                CommitRate.measure(variant, rows, commits, directory));
          } finally {
            Target.delete(directory);
          }
        }
      }
    }
    report.print();
    return 0;
  }
}
