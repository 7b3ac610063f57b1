package org.postrider.bench;

import picocli.CommandLine.Option;

/** Which rounds count on a machine whose host is busy at times. */
final class CalmOptions {
  @Option(
      names = "--stolen-max",
      defaultValue = "100",
      description =
          "A round during which the host withheld more percent of the CPU does not count.")
  private int stolenMax;

  @Option(
      names = "--more-runs",
      defaultValue = "20",
      description = "So many rounds more are tried, when some do not count.")
  private int moreRuns;

  boolean counts(Round round) {
    return round.stolen() * 100 <= stolenMax;
  }

  /** Rounds that may be tried for those that do not count. */
  int triesMax() {
    return stolenMax >= 100 ? 0 : moreRuns;
  }
}
