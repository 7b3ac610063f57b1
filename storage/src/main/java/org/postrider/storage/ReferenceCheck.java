package org.postrider.storage;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Counts the references of contents again. Who refers to a content is not indexed, so the tables
 * that refer are read from end to end, once for each {@value #WINDOW} content ids, and counted in
 * an array. That goes on while mail flows; what differs then is counted once more in one moment.
 */
final class ReferenceCheck {
  /** Content ids counted at once; four octets of memory each. */
  static final int WINDOW = 1 << 22;

  private static final int PAGE = 10_000;

  /** Contents that are counted once more together. */
  private static final int SUSPECTS = 5_000;

  /** What refers to contents. */
  private static final List<String> TABLES = List.of("message", "expunged", "queue_entry");

  private static final String CONTENTS =
      "SELECT c.id, c.refs, u.content FROM content c LEFT JOIN unreferenced u ON u.content = c.id"
          + " WHERE c.id BETWEEN ? AND ? ORDER BY c.id LIMIT ?";
  private static final String ADD = "UPDATE content SET refs = refs + ? WHERE id = ?";
  private static final String FORGET =
      "DELETE FROM unreferenced WHERE content = ? AND EXISTS (SELECT 1 FROM content WHERE id = ?"
          + " AND refs <> 0)";
  private static final String REMEMBER =
      "INSERT INTO unreferenced (content, since) SELECT c.id, ? FROM content c WHERE c.id = ? AND"
          + " c.refs = 0 AND NOT EXISTS (SELECT 1 FROM unreferenced u WHERE u.content = c.id)";

  private final CheckRun run;

  /**
   * @param known whether the row is among the unreferenced ones
   */
  private record Content(long id, long refs, boolean known) {}

  @FunctionalInterface
  private interface Rows {
    void row(ResultSet rs) throws SQLException;
  }

  ReferenceCheck(CheckRun run) {
    this.run = run;
  }

  /**
   * @param countable whether all rows that may refer to contents can be read
   */
  void check(boolean countable, long total) {
    long next = firstContent(0);
    while (next > 0) {
      window(next, next + WINDOW - 1, countable, total);
      next = firstContent(next + WINDOW);
    }
  }

  /** The least content id from there on, or 0. */
  private long firstContent(long from) {
    List<Long> first = new ArrayList<>();
    new IdScan(run.database(), "content")
        .run(
            from,
            Long.MAX_VALUE,
            1,
            (connection, start, to, limit) -> {
              if (first.isEmpty()) {
                query(
                    connection,
                    "SELECT id FROM content WHERE id BETWEEN ? AND ? ORDER BY id LIMIT ?",
                    start,
                    to,
                    1,
                    rs -> first.add(rs.getLong(1)));
              }
              return to;
            },
            (start, end) -> {});
    return first.isEmpty() ? 0 : first.getFirst();
  }

  private void window(long first, long last, boolean countable, long total) {
    int[] counts = new int[WINDOW];
    if (countable) {
      for (String table : TABLES) {
        new IdScan(run.database(), table)
            .run(
                0,
                Long.MAX_VALUE,
                PAGE,
                (connection, from, to, limit) ->
                    references(
                        connection,
                        table,
                        from,
                        to,
                        content -> {
                          if (content >= first && content <= last) {
                            counts[(int) (content - first)]++;
                          }
                        }),
                (from, to) -> {});
      }
    }
    List<Content> suspects = new ArrayList<>();
    long[] done = {0};
    new IdScan(run.database(), "content")
        .run(
            first,
            last,
            PAGE,
            (connection, from, to, limit) -> {
              run.listener().progress("references", done[0], total);
              List<Content> page = contents(connection, from, to, limit);
              for (Content each : page) {
                long counted = countable ? counts[(int) (each.id - first)] : each.refs;
                if (counted != each.refs || (each.refs == 0) != each.known) {
                  suspects.add(each);
                }
              }
              done[0] += page.size();
              return page.size() < limit ? to : page.getLast().id;
            },
            (from, to) -> run.found("content rows cannot be read", from + " to " + to));
    for (int i = 0; i < suspects.size(); i += SUSPECTS) {
      verify(suspects.subList(i, Math.min(suspects.size(), i + SUSPECTS)), countable);
    }
  }

  @FunctionalInterface
  private interface Reference {
    void to(long content);
  }

  private static long references(
      Connection connection, String table, long from, long to, Reference each) throws SQLException {
    long[] last = {to};
    int rows =
        query(
            connection,
            "SELECT id, content FROM " + table + " WHERE id BETWEEN ? AND ? ORDER BY id LIMIT ?",
            from,
            to,
            PAGE,
            rs -> {
              last[0] = rs.getLong(1);
              each.to(rs.getLong(2));
            });
    return rows < PAGE ? to : last[0];
  }

  private static List<Content> contents(Connection connection, long from, long to, int limit)
      throws SQLException {
    List<Content> page = new ArrayList<>();
    query(
        connection,
        CONTENTS,
        from,
        to,
        limit,
        rs -> page.add(new Content(rs.getLong(1), rs.getLong(2), rs.getLong(3) != 0)));
    return page;
  }

  private static int query(
      Connection connection, String sql, long from, long to, int limit, Rows each)
      throws SQLException {
    int rows = 0;
    try (PreparedStatement query = connection.prepareStatement(sql)) {
      query.setLong(1, from);
      query.setLong(2, to);
      query.setInt(3, limit);
      try (ResultSet rs = query.executeQuery()) {
        while (rs.next()) {
          rows++;
          each.row(rs);
        }
      }
    }
    return rows;
  }

  private void verify(List<Content> suspects, boolean countable) {
    Map<Content, Long> confirmed =
        run.database().readOneMoment(connection -> confirm(connection, suspects, countable));
    confirmed.forEach((content, counted) -> {
      if (counted != content.refs) {
        run.found(
            "references",
            "content " + content.id + " has " + content.refs + " instead of " + counted,
            tx -> mend(tx, content.id, counted - content.refs));
      } else {
        run.found(
            content.known
                ? "content that is referred to is going to be swept"
                : "content that nothing refers to and no sweep finds",
            "content " + content.id,
            tx -> mend(tx, content.id, 0));
      }
    });
  }

  /** The suspects that are still wrong, as of one moment, with what was counted for each. */
  private static Map<Content, Long> confirm(
      Connection connection, List<Content> suspects, boolean countable) throws SQLException {
    Map<Long, Long> counts = new LinkedHashMap<>();
    suspects.forEach(content -> counts.put(content.id, 0L));
    if (countable) {
      for (String table : TABLES) {
        IdScan.run(
            connection,
            0,
            Long.MAX_VALUE,
            PAGE,
            (c, from, to, limit) ->
                references(
                    c,
                    table,
                    from,
                    to,
                    content -> counts.computeIfPresent(content, (id, count) -> count + 1)));
      }
    }
    Map<Content, Long> confirmed = new LinkedHashMap<>();
    for (Content suspect : suspects) {
      for (Content now : contents(connection, suspect.id, suspect.id, 1)) {
        long counted = countable ? counts.getOrDefault(now.id, 0L) : now.refs;
        if (counted != now.refs || (now.refs == 0) != now.known) {
          confirmed.put(now, counted);
        }
      }
    }
    return confirmed;
  }

  /** What the count is off by stays so, whatever was added or released since. */
  private String mend(Transaction tx, long content, long off) {
    if (off != 0) {
      tx.execute(ADD, off, content);
    }
    tx.execute(FORGET, content, content);
    tx.execute(REMEMBER, run.store().clock().millis(), content);
    return off == 0 ? "the sweep's list was corrected" : "counted again";
  }
}
