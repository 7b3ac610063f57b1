package org.postrider.bench;

import java.util.LinkedHashMap;
import java.util.Map;
import org.postrider.testkit.Outcome;
import tools.jackson.databind.json.JsonMapper;

/** Prints the outcome of a proof: a table that grows, what is wrong, and one line of JSON. */
final class Proof {
  private static final int PROBLEMS_MAX = 20;

  private final String name;
  private final String unit;

  /**
   * @param unit what the proof counts: {@code cuts} or {@code kills}
   */
  Proof(String name, String unit) {
    this.name = name;
    this.unit = unit;
    System.out.printf(
        "%8s %8s %13s %6s %8s %8s%n", "seed", unit, "acknowledged", "lost", "corrupt", "seconds");
  }

  void row(long seed, Outcome outcome, long nanos) {
    System.out.printf(
        "%8d %8d %13d %6d %8d %8.1f%n",
        seed,
        outcome.cuts(),
        outcome.acknowledged(),
        outcome.lost(),
        outcome.corrupt(),
        nanos / 1e9);
    outcome.problems().stream().limit(PROBLEMS_MAX).forEach(p -> System.out.println("  " + p));
  }

  /** The exit code. */
  int end(Outcome sum) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("proof", name);
    json.put(unit, sum.cuts());
    json.put("acknowledged", sum.acknowledged());
    json.put("lost", sum.lost());
    json.put("duplicates", sum.duplicates());
    json.put("corrupt", sum.corrupt());
    json.put("failed", sum.problems().size() - sum.lost() - sum.corrupt());
    System.out.println(JsonMapper.shared().writeValueAsString(json));
    return sum.problems().isEmpty() ? 0 : 1;
  }
}
