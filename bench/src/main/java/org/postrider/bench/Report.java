package org.postrider.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/**
 * Collects the values of several rounds; prints a table of median and range, and one line of JSON.
 */
final class Report {
  private final String name;
  private final Map<String, Object> facts = new LinkedHashMap<>();
  private final Map<String, List<Double>> values = new LinkedHashMap<>();

  Report(String name) {
    this.name = name;
  }

  /** A circumstance of the whole run. */
  void fact(String key, Object value) {
    facts.put(key, value);
  }

  /** A value of one round; its name says the unit. */
  void add(String key, double value) {
    values.computeIfAbsent(key, k -> new ArrayList<>()).add(value);
  }

  void print() {
    System.out.println(name + " " + facts);
    System.out.printf("%-32s %12s %12s %12s%n", "", "median", "least", "most");
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("bench", name);
    json.putAll(facts);
    values.forEach((key, list) -> {
      double[] sorted = list.stream().mapToDouble(Double::doubleValue).sorted().toArray();
      double median = median(sorted);
      double most = sorted[sorted.length - 1];
      System.out.printf(
          "%-32s %12s %12s %12s%n", key, number(median), number(sorted[0]), number(most));
      json.put(
          key, Map.of("median", median, "least", sorted[0], "most", most, "runs", sorted.length));
    });
    System.out.println(JsonMapper.shared().writeValueAsString(json));
  }

  private static double median(double[] sorted) {
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1
        ? sorted[middle]
        : Arrays.stream(sorted, middle - 1, middle + 1).average().orElseThrow();
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, value >= 100 ? "%.0f" : "%.4f", value);
  }
}
