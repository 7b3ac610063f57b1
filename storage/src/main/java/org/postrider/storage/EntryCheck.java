package org.postrider.storage;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Checks the rows of the tables message and expunged: numbers below those of the mailbox, keywords
 * that have names, contents that are there. Each page is looked at in one moment, so that mail may
 * flow.
 */
final class EntryCheck {
  private static final int PAGE = 2_000;
  private static final String STATES =
      "SELECT b.id, s.uidnext, s.modseq, (SELECT COUNT(*) FROM keyword k WHERE k.mailbox = b.id)"
          + " FROM mailbox b LEFT JOIN mailbox_state s ON s.mailbox = b.id WHERE b.id = ANY(?)";
  private static final String BOTH = "SELECT id FROM expunged WHERE id = ANY(?)";

  private final CheckRun run;
  private final String table;
  private final String rows;
  private final Map<Long, String> lost = new HashMap<>();
  private long read;

  /** Ids of rows that could not be read; what they refer to is not known. */
  private boolean gaps;

  private record Row(
      long id, long mailbox, long modSeq, byte @Nullable [] keywords, long size, long content) {}

  private record State(long uidNext, long modSeq, int keywords) {}

  private record Found(String invariant, Row row, CheckRun.@Nullable Repair repair) {}

  /**
   * @param table message or expunged
   */
  EntryCheck(CheckRun run, String table) {
    this.run = run;
    this.table = table;
    this.rows =
        "SELECT id, mailbox, modseq, keywords, size, content FROM "
            + table
            + " WHERE id BETWEEN ? AND ? ORDER BY id LIMIT ?";
  }

  /** How many rows were read. */
  long read() {
    return read;
  }

  boolean hasGaps() {
    return gaps;
  }

  void check(long total) {
    List<Found> found = new ArrayList<>();
    new IdScan(run.database(), table)
        .run(
            0,
            Long.MAX_VALUE,
            PAGE,
            (connection, from, to, limit) -> {
              report(found);
              run.listener().progress(table + " rows", read, total);
              return page(connection, from, to, limit, found);
            },
            this::gap);
    report(found);
  }

  private void gap(long from, long to) {
    gaps = true;
    run.found(table + " rows cannot be read", run.whereabouts().messages(from, to));
  }

  /** Tells of what a page had, when its connection is given back. */
  private void report(List<Found> found) {
    for (Found each : found) {
      String subject = run.whereabouts().message(each.row.id);
      if (each.repair == null) {
        run.found(each.invariant, subject);
      } else {
        run.found(each.invariant, subject, each.repair);
      }
    }
    found.clear();
    lost.forEach(run.store().quarantine()::add);
    lost.clear();
  }

  private long page(Connection connection, long from, long to, int limit, List<Found> found)
      throws SQLException {
    List<Row> page = new ArrayList<>();
    try (PreparedStatement query = connection.prepareStatement(rows)) {
      query.setLong(1, from);
      query.setLong(2, to);
      query.setInt(3, limit);
      try (ResultSet rs = query.executeQuery()) {
        while (rs.next()) {
          page.add(
              new Row(
                  rs.getLong(1),
                  rs.getLong(2),
                  rs.getLong(3),
                  rs.getBytes(4),
                  rs.getLong(5),
                  rs.getLong(6)));
        }
      }
    }
    if (page.isEmpty()) {
      return to;
    }
    read += page.size();
    Map<Long, State> states = states(connection, page);
    page.forEach(row -> numbers(row, states.get(row.id >>> 32), found));
    contents(connection, page, found);
    if (table.equals("message")) {
      both(connection, page, found);
    }
    return page.size() < limit ? to : page.getLast().id;
  }

  private static Map<Long, State> states(Connection connection, List<Row> page)
      throws SQLException {
    Set<Long> mailboxes = new HashSet<>();
    page.forEach(row -> mailboxes.add(row.id >>> 32));
    Map<Long, State> states = new HashMap<>();
    try (PreparedStatement query = connection.prepareStatement(STATES)) {
      query.setArray(1, connection.createArrayOf("BIGINT", mailboxes.toArray()));
      try (ResultSet rs = query.executeQuery()) {
        while (rs.next()) {
          states.put(rs.getLong(1), new State(rs.getLong(2), rs.getLong(3), rs.getInt(4)));
        }
      }
    }
    return states;
  }

  private void numbers(Row row, @Nullable State state, List<Found> found) {
    long mailbox = row.id >>> 32;
    if (state == null) {
      found.add(new Found(table + " row without its mailbox", row, null));
      return;
    }
    if (row.mailbox != mailbox) {
      found.add(
          new Found(
              table + " row with another mailbox than its id says",
              row,
              tx -> {
                tx.execute("UPDATE " + table + " SET mailbox = ? WHERE id = ?", mailbox, row.id);
                return "set to that of the id";
              }));
    }
    if ((row.id & 0xFFFF_FFFFL) >= state.uidNext) {
      found.add(new Found("UID not below UIDNEXT", row, tx -> raise(tx, mailbox)));
    }
    if (row.modSeq > state.modSeq) {
      found.add(new Found("MODSEQ above HIGHESTMODSEQ", row, tx -> raise(tx, mailbox)));
    }
    if (row.keywords != null && BitSet.valueOf(row.keywords).length() > state.keywords) {
      int last = BitSet.valueOf(row.keywords).length() - 1;
      found.add(
          new Found(
              "keyword without a name",
              row,
              tx -> TableRules.nameKeywords(tx, new MailboxId(mailbox), last)));
    }
  }

  /** Raises the mailbox's numbers above those of all its rows. */
  private static String raise(Transaction tx, long mailbox) {
    MailboxId id = new MailboxId(mailbox);
    for (String each : List.of("message", "expunged")) {
      tx.execute(
          "UPDATE mailbox_state SET uidnext = GREATEST(uidnext, (SELECT COALESCE(MAX(id), 0) FROM "
              + each
              + " WHERE id BETWEEN ? AND ?) - ? + 1), modseq = GREATEST(modseq, (SELECT"
              + " COALESCE(MAX(modseq), 0) FROM "
              + each
              + " WHERE mailbox = ?)) WHERE mailbox = ?",
          MessageRows.id(id, 0),
          MessageRows.id(id, 0xFFFF_FFFFL),
          MessageRows.id(id, 0),
          mailbox,
          mailbox);
    }
    tx.changed(id);
    return "the mailbox's number was raised";
  }

  private void contents(Connection connection, List<Row> page, List<Found> found)
      throws SQLException {
    TreeSet<Long> ids = new TreeSet<>();
    page.forEach(row -> ids.add(row.content));
    ids.remove(0L); // an expunged row that holds none
    if (ids.isEmpty()) {
      return;
    }
    Set<Long> unreadable = new HashSet<>();
    Map<Long, ContentRows.Layout> layouts = layouts(connection, new ArrayList<>(ids), unreadable);
    for (Row row : page) {
      ContentRows.Layout layout = layouts.get(row.content);
      if (row.content == 0) {
        continue;
      }
      if (unreadable.contains(row.content)) {
        lost.put(row.content, "the row of the content cannot be read");
        found.add(new Found(table + " row whose content cannot be read", row, null));
      } else if (layout == null) {
        lost.put(row.content, "the content is not there");
        found.add(new Found(table + " row without its content", row, null));
      } else if (layout.size() != row.size) {
        long size = layout.size();
        found.add(
            new Found(
                table + " row of another size than its content",
                row,
                tx -> {
                  tx.execute("UPDATE " + table + " SET size = ? WHERE id = ?", size, row.id);
                  return "set to " + size + " octets";
                }));
      }
    }
  }

  /** The layouts of contents as far as their rows can be read. */
  private Map<Long, ContentRows.Layout> layouts(
      Connection connection, List<Long> ids, Set<Long> unreadable) throws SQLException {
    try {
      return ContentRows.layouts(connection, ids);
    } catch (SQLException e) {
      if (!run.database().dialect().isDamage(e)) {
        throw e;
      }
      if (ids.size() == 1) {
        unreadable.addAll(ids);
        return Map.of();
      }
      Map<Long, ContentRows.Layout> all = new HashMap<>();
      for (long id : ids) {
        all.putAll(layouts(connection, List.of(id), unreadable));
      }
      return all;
    }
  }

  private void both(Connection connection, List<Row> page, List<Found> found) throws SQLException {
    Map<Long, Row> byId = new HashMap<>();
    page.forEach(row -> byId.put(row.id, row));
    try (PreparedStatement query = connection.prepareStatement(BOTH)) {
      query.setArray(1, connection.createArrayOf("BIGINT", byId.keySet().toArray()));
      try (ResultSet rs = query.executeQuery()) {
        while (rs.next()) {
          long id = rs.getLong(1);
          Row row = byId.get(id);
          if (row != null) {
            found.add(
                new Found(
                    "expunged and there",
                    row,
                    tx -> {
                      tx.execute("DELETE FROM expunged WHERE id = ?", id);
                      return "it stays";
                    }));
          }
        }
      }
    } catch (SQLException e) {
      if (!run.database().dialect().isDamage(e)) {
        throw e; // else the check of expunged rows says where
      }
    }
  }
}
