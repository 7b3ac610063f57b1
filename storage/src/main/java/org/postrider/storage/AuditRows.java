package org.postrider.storage;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import org.jspecify.annotations.Nullable;

/**
 * The table audit: what was accepted, expunged and administered, in words, without content. Its
 * numbers, which queue_event shares, ascend with time.
 */
final class AuditRows {
  static final int SUBJECT_MAX = 2000;
  static final int MESSAGE_ID_MAX = 255;
  private static final int SESSION_MAX = 100;
  private static final String INSERT =
      "INSERT INTO audit (id, at, kind, session, account, subject, message_id) VALUES (?, ?, ?, ?,"
          + " ?, ?, ?)";

  private AuditRows() {}

  /**
   * @param session the session or protocol that asked
   * @param subject cut at 2,000 characters
   */
  static void insert(
      Transaction tx,
      long now,
      String kind,
      String session,
      @Nullable AccountId account,
      String subject)
      throws SQLException {
    insert(tx, now, kind, session, account, subject, null);
  }

  /** Returns the row's number. */
  static long insert(
      Transaction tx,
      long now,
      String kind,
      String session,
      @Nullable AccountId account,
      String subject,
      @Nullable String messageId)
      throws SQLException {
    long id = tx.nextAuditId();
    PreparedStatement insert = tx.insert(INSERT);
    insert.setLong(1, id);
    insert.setLong(2, now);
    insert.setString(3, kind);
    insert.setString(4, cut(session, SESSION_MAX));
    if (account == null) {
      insert.setNull(5, Types.BIGINT);
    } else {
      insert.setLong(5, account.value());
    }
    insert.setString(6, cut(subject, SUBJECT_MAX));
    insert.setString(7, messageId);
    insert.addBatch();
    return id;
  }

  private static String cut(String text, int max) {
    return text.length() <= max ? text : text.substring(0, max - 1) + "…";
  }

  /**
   * The least number from which on all rows are younger than that moment.
   *
   * @param table audit or queue_event
   */
  static long after(Connection connection, String table, long moment) throws SQLException {
    long low = Long.MAX_VALUE;
    long high = 0;
    try (PreparedStatement bounds =
            connection.prepareStatement("SELECT MIN(id), MAX(id) FROM " + table);
        ResultSet rs = bounds.executeQuery()) {
      if (rs.next() && rs.getLong(2) > 0) {
        low = rs.getLong(1);
        high = rs.getLong(2) + 1;
      }
    }
    try (PreparedStatement next =
        connection.prepareStatement(
            "SELECT id, at FROM " + table + " WHERE id >= ? ORDER BY id LIMIT 1")) {
      while (low < high) {
        long middle = low + (high - low) / 2;
        next.setLong(1, middle);
        try (ResultSet rs = next.executeQuery()) {
          if (rs.next() && rs.getLong(2) <= moment) {
            low = rs.getLong(1) + 1;
          } else {
            high = middle;
          }
        }
      }
    }
    return high;
  }
}
