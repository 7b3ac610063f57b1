package org.postrider.storage;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/** The tables alias and alias_target. */
final class AliasRows {
  private static final String TARGETS =
      "SELECT target FROM alias_target WHERE alias = ? ORDER BY no";
  private static final String ALL = "SELECT alias, target FROM alias_target ORDER BY alias, no";

  private AliasRows() {}

  /** The targets of an alias; empty when it is none. */
  static List<String> targets(Connection connection, String address) throws SQLException {
    List<String> targets = new ArrayList<>();
    try (PreparedStatement query = connection.prepareStatement(TARGETS)) {
      query.setString(1, address);
      try (ResultSet rs = query.executeQuery()) {
        while (rs.next()) {
          targets.add(rs.getString(1));
        }
      }
    }
    return targets;
  }

  static Optional<Alias> find(Handle handle, String address) {
    List<String> targets =
        handle.select(TARGETS, address).map((rs, context) -> rs.getString(1)).list();
    return targets.isEmpty() ? Optional.empty() : Optional.of(new Alias(address, targets));
  }

  static List<Alias> list(Handle handle) {
    Map<String, List<String>> targets = new LinkedHashMap<>();
    handle
        .select(ALL)
        .map((rs, context) -> Map.entry(rs.getString(1), rs.getString(2)))
        .forEach(row ->
            targets.computeIfAbsent(row.getKey(), key -> new ArrayList<>()).add(row.getValue()));
    return targets.entrySet().stream()
        .map(entry -> new Alias(entry.getKey(), List.copyOf(entry.getValue())))
        .toList();
  }

  /** Writes the alias with those targets in place of what it was; none removes it. */
  static void replace(Transaction tx, String address, List<String> targets, long now) {
    tx.execute("DELETE FROM alias_target WHERE alias = ?", address);
    tx.execute("DELETE FROM alias WHERE address = ?", address);
    if (targets.isEmpty()) {
      return;
    }
    tx.execute("INSERT INTO alias (address, created) VALUES (?, ?)", address, now);
    for (int no = 0; no < targets.size(); no++) {
      tx.execute(
          "INSERT INTO alias_target (alias, no, target) VALUES (?, ?, ?)",
          address,
          no,
          targets.get(no));
    }
  }
}
