package org.postrider.testkit;

import java.util.ArrayList;
import java.util.List;

/**
 * What came of a proof.
 *
 * @param cuts how often the power went, or the process was killed
 * @param acknowledged changes that were acknowledged
 * @param lost acknowledged changes that were not there, others that were there in part, and numbers
 *     that were given out twice
 * @param duplicates messages that arrived elsewhere twice, as RFC 1047 allows
 * @param corrupt stores that did not open, or contradict themselves
 * @param problems each of them in words, and failures of other kinds
 */
public record Outcome(
    int cuts, long acknowledged, int lost, int duplicates, int corrupt, List<String> problems) {
  /** Nothing yet. */
  public static final Outcome NONE = new Outcome(0, 0, 0, 0, 0, List.of());

  /**
   * Counts problems by the word they begin with.
   *
   * @param seed told with each of them
   */
  public static Outcome of(int cuts, long acknowledged, List<String> problems, long seed) {
    int lost = 0;
    int corrupt = 0;
    for (String problem : problems) {
      lost += problem.matches("(?s)(lost|half|moved|reused|twice):.*") ? 1 : 0;
      corrupt += problem.startsWith("corrupt:") ? 1 : 0;
    }
    List<String> told = problems.stream().map(p -> "seed " + seed + ": " + p).toList();
    return new Outcome(cuts, acknowledged, lost, 0, corrupt, told);
  }

  /** The same, with so many duplicates. */
  public Outcome withDuplicates(int count) {
    return new Outcome(cuts, acknowledged, lost, count, corrupt, problems);
  }

  /** Both together. */
  public Outcome plus(Outcome other) {
    List<String> all = new ArrayList<>(problems);
    all.addAll(other.problems);
    return new Outcome(
        cuts + other.cuts,
        acknowledged + other.acknowledged,
        lost + other.lost,
        duplicates + other.duplicates,
        corrupt + other.corrupt,
        all);
  }
}
