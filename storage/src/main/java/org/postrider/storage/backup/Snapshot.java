package org.postrider.storage.backup;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A state of the store in a backup, as its manifest describes it.
 *
 * @param name of its directory
 * @param created when
 * @param schema the version of the store's schema
 * @param rows how many rows each table has
 * @param contents how many contents there are
 * @param bytes octets of them all, not compressed
 * @param unreadable ids of contents that were damaged in the store; a notice takes their place
 */
public record Snapshot(
    String name,
    Instant created,
    int schema,
    Map<String, Long> rows,
    long contents,
    long bytes,
    List<Long> unreadable) {
  static final String FORMAT = "postrider-backup 1";

  private static final String ROWS = "rows.";

  /** The lines of the manifest. */
  String text() {
    StringBuilder text = new StringBuilder(FORMAT + "\n");
    text.append("created=").append(created).append('\n');
    text.append("schema=").append(schema).append('\n');
    text.append("contents=").append(contents).append('\n');
    text.append("bytes=").append(bytes).append('\n');
    for (long id : unreadable) {
      text.append("unreadable=").append(id).append('\n');
    }
    new TreeMap<>(rows)
        .forEach((table, n) -> text.append(ROWS + table).append('=').append(n).append('\n'));
    return text.toString();
  }

  /**
   * Reads a manifest.
   *
   * @throws IllegalArgumentException when it is none
   */
  static Snapshot parse(String name, List<String> lines) {
    if (lines.isEmpty() || !lines.getFirst().equals(FORMAT)) {
      throw new IllegalArgumentException("not a manifest of the format '" + FORMAT + "'");
    }
    Map<String, String> values = new TreeMap<>();
    Map<String, Long> rows = new TreeMap<>();
    List<Long> unreadable = new ArrayList<>();
    for (String line : lines.subList(1, lines.size())) {
      int equals = line.indexOf('=');
      String key = line.substring(0, Math.max(0, equals));
      String value = line.substring(equals + 1);
      if (key.startsWith(ROWS)) {
        rows.put(key.substring(ROWS.length()), Long.valueOf(value));
      } else if (key.equals("unreadable")) {
        unreadable.add(Long.valueOf(value));
      } else {
        values.put(key, value);
      }
    }
    return new Snapshot(
        name,
        Instant.parse(values.getOrDefault("created", "")),
        Integer.parseInt(values.getOrDefault("schema", "")),
        Map.copyOf(rows),
        Long.parseLong(values.getOrDefault("contents", "")),
        Long.parseLong(values.getOrDefault("bytes", "")),
        List.copyOf(unreadable));
  }

  /** The rows of a table; 0 when it had none. */
  public long rows(String table) {
    return rows.getOrDefault(table, 0L);
  }
}
