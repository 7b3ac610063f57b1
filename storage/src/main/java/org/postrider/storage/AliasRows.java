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
import org.jspecify.annotations.Nullable;
import org.postrider.storage.Alias.Posting;

/** The tables alias and alias_target. */
final class AliasRows {
  private static final String TARGETS =
      "SELECT target FROM alias_target WHERE alias = ? ORDER BY no";
  private static final String ALL =
      "SELECT t.alias, t.target, a.owner, a.posting FROM alias_target t JOIN alias a ON a.address ="
          + " t.alias";
  private static final String ORDER = " ORDER BY t.alias, t.no";
  private static final String SETTINGS = "SELECT owner, posting FROM alias WHERE address = ?";

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

  /** The alias with its settings, or null. */
  static @Nullable Alias alias(Connection connection, String address) throws SQLException {
    List<String> targets = targets(connection, address);
    if (targets.isEmpty()) {
      return null;
    }
    try (PreparedStatement query = connection.prepareStatement(SETTINGS)) {
      query.setString(1, address);
      try (ResultSet rs = query.executeQuery()) {
        return rs.next()
            ? new Alias(address, targets, rs.getString(1), Posting.valueOf(rs.getString(2)))
            : new Alias(address, targets, null, Posting.ANYONE);
      }
    }
  }

  static Optional<Alias> find(Handle handle, String address) {
    return aliases(handle, ALL + " WHERE t.alias = ?" + ORDER, address).stream().findFirst();
  }

  static List<Alias> list(Handle handle) {
    return aliases(handle, ALL + ORDER);
  }

  /** One row per target, gathered by alias. */
  private static List<Alias> aliases(Handle handle, String sql, Object... arguments) {
    Map<String, Alias> aliases = new LinkedHashMap<>();
    handle
        .select(sql, arguments)
        .map((rs, context) ->
            new Alias(
                rs.getString(1),
                List.of(rs.getString(2)),
                rs.getString(3),
                Posting.valueOf(rs.getString(4))))
        .forEach(row -> aliases.merge(row.address(), row, AliasRows::withMoreTargets));
    return List.copyOf(aliases.values());
  }

  private static Alias withMoreTargets(Alias alias, Alias more) {
    List<String> targets = new ArrayList<>(alias.targets());
    targets.addAll(more.targets());
    return new Alias(alias.address(), List.copyOf(targets), alias.owner(), alias.posting());
  }

  /** Gives the alias those targets in place of what it had; none removes it. */
  static void replace(Transaction tx, String address, List<String> targets, long now)
      throws SQLException {
    boolean isNew = targets(tx.connection(), address).isEmpty();
    tx.execute("DELETE FROM alias_target WHERE alias = ?", address);
    if (targets.isEmpty() || isNew) {
      tx.execute("DELETE FROM alias WHERE address = ?", address);
    }
    if (isNew && !targets.isEmpty()) {
      tx.execute("INSERT INTO alias (address, created) VALUES (?, ?)", address, now);
    }
    for (int no = 0; no < targets.size(); no++) {
      tx.execute(
          "INSERT INTO alias_target (alias, no, target) VALUES (?, ?, ?)",
          address,
          no,
          targets.get(no));
    }
  }

  static void set(Transaction tx, Alias alias) {
    tx.execute(
        "UPDATE alias SET owner = ?, posting = ? WHERE address = ?",
        alias.owner(),
        alias.posting().name(),
        alias.address());
  }
}
