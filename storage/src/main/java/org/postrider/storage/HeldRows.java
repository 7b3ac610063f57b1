package org.postrider.storage;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The rows of the table expunged that still hold their content. */
final class HeldRows {
  private static final String SELECT =
      "SELECT id, modseq, flags, keywords, internal_date, save_date, size, content, expunged_at,"
          + " protocol FROM expunged WHERE ";
  private static final String SINCE =
      "id BETWEEN ? AND ? AND expunged_at >= ? AND content IS NOT NULL";
  private static final String PAGE = SELECT + SINCE + " ORDER BY id LIMIT ?";
  private static final String TOTAL = "SELECT COUNT(*), SUM(size) FROM expunged WHERE " + SINCE;
  private static final String BY_IDS = SELECT + "id = ANY(?) AND content IS NOT NULL ORDER BY id";
  private static final String LET_GO =
      "UPDATE expunged SET content = NULL, held_since = NULL WHERE id = ?";

  private HeldRows() {}

  /**
   * A row.
   *
   * @param protocol who expunged it
   */
  record Held(MessageRow message, long expungedAt, String protocol) {}

  /** At most {@code limit} rows above a UID that were expunged at that time or later, by UID. */
  static List<Held> page(
      Connection connection, MailboxId mailbox, long since, long afterUid, int limit)
      throws SQLException {
    try (PreparedStatement query = connection.prepareStatement(PAGE)) {
      range(query, mailbox, afterUid + 1, since);
      query.setInt(4, limit);
      return rows(query);
    }
  }

  static Undelete.Total total(Connection connection, MailboxId mailbox, long since)
      throws SQLException {
    try (PreparedStatement query = connection.prepareStatement(TOTAL)) {
      range(query, mailbox, 0, since);
      try (ResultSet rs = query.executeQuery()) {
        rs.next();
        return new Undelete.Total(rs.getLong(1), rs.getLong(2));
      }
    }
  }

  /** Those of the UIDs that are held, by UID. */
  static List<Held> byUids(Connection connection, MailboxId mailbox, long[] uids)
      throws SQLException {
    Long[] ids =
        Arrays.stream(uids).mapToObj(uid -> MessageRows.id(mailbox, uid)).toArray(Long[]::new);
    try (PreparedStatement query = connection.prepareStatement(BY_IDS)) {
      query.setArray(1, connection.createArrayOf("BIGINT", ids));
      return rows(query);
    }
  }

  /** Keeps the tombstones without their contents. */
  static void letGo(Transaction tx, List<Long> ids) throws SQLException {
    PreparedStatement update = tx.update(LET_GO);
    for (long id : ids) {
      update.setLong(1, id);
      update.addBatch();
    }
    update.executeBatch();
  }

  private static void range(PreparedStatement query, MailboxId mailbox, long fromUid, long since)
      throws SQLException {
    query.setLong(1, MessageRows.id(mailbox, fromUid));
    query.setLong(2, MessageRows.id(mailbox, 0xFFFF_FFFFL));
    query.setLong(3, since);
  }

  private static List<Held> rows(PreparedStatement query) throws SQLException {
    List<Held> rows = new ArrayList<>();
    try (ResultSet rs = query.executeQuery()) {
      while (rs.next()) {
        rows.add(new Held(MessageRows.row(rs), rs.getLong(9), rs.getString(10)));
      }
    }
    return rows;
  }
}
