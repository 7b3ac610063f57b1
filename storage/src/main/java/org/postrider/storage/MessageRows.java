package org.postrider.storage;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The tables message and expunged. */
final class MessageRows {
  private static final long UID_MASK = 0xFFFF_FFFFL;

  /** In the place of a UID: any that were expunged up to the row's MODSEQ. */
  private static final long UNKNOWN = 0;

  /** UIDs looked up in one query. */
  private static final int CHUNK = 1000;

  /** UIDs read in one query: H2 holds its whole result in memory. */
  private static final int FLAGS_PAGE = 20_000;

  private static final String COLUMNS =
      "id, modseq, flags, keywords, internal_date, save_date, size, content";
  private static final String BY_RANGE =
      "SELECT " + COLUMNS + " FROM message WHERE id BETWEEN ? AND ? ORDER BY id LIMIT ?";
  private static final String BY_IDS =
      "SELECT " + COLUMNS + " FROM message WHERE id = ANY(?) ORDER BY id";
  private static final String CHANGED = "SELECT id FROM message WHERE mailbox = ? AND modseq > ?";
  private static final String FLAGS =
      "SELECT id, flags FROM message WHERE id BETWEEN ? AND ? ORDER BY id LIMIT " + FLAGS_PAGE;
  private static final String DIGESTS =
      "SELECT m.id, c.sha256 FROM message m JOIN content c ON c.id = m.content WHERE m.id BETWEEN ?"
          + " AND ? ORDER BY m.id LIMIT ?";
  private static final String EXPUNGED = "SELECT id FROM expunged WHERE id = ANY(?)";
  private static final String VANISHED = "SELECT id FROM expunged WHERE mailbox = ? AND modseq > ?";
  private static final String INSERT =
      "INSERT INTO message (id, mailbox, modseq, flags, keywords, internal_date, save_date, size,"
          + " content) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)";
  private static final String UPDATE_FLAGS =
      "UPDATE message SET modseq = ?, flags = ?, keywords = ? WHERE id = ?";
  private static final String DELETE = "DELETE FROM message WHERE id = ?";
  private static final String INSERT_EXPUNGED =
      "INSERT INTO expunged (id, mailbox, modseq, flags, keywords, internal_date, save_date, size,"
          + " content, expunged_at, held_since, protocol) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?,"
          + " ?)";
  private static final String INSERT_UNKNOWN =
      "INSERT INTO expunged (id, mailbox, modseq, flags, internal_date, save_date, size,"
          + " expunged_at, protocol) SELECT ?, mailbox, modseq, 0, 0, 0, 0, ?, 'restore' FROM"
          + " mailbox_state WHERE mailbox = ?";

  private MessageRows() {}

  static long id(MailboxId mailbox, long uid) {
    return mailbox.value() << 32 | uid;
  }

  /** At most {@code limit} rows with {@code from <= uid <= to}, by UID. */
  static List<MessageRow> byRange(
      Connection connection, MailboxId mailbox, long from, long to, int limit) throws SQLException {
    List<MessageRow> rows = new ArrayList<>();
    if (from > to) {
      return rows;
    }
    try (PreparedStatement query = connection.prepareStatement(BY_RANGE)) {
      query.setLong(1, id(mailbox, Math.max(from, 0)));
      query.setLong(2, id(mailbox, Math.min(to, UID_MASK)));
      query.setInt(3, limit);
      each(query, rows::add);
    }
    return rows;
  }

  /** The rows with those UIDs (ascending), by UID. */
  static void byUids(
      Connection connection, MailboxId mailbox, long[] uids, Consumer<MessageRow> each)
      throws SQLException {
    for (int i = 0; i < uids.length; i += CHUNK) {
      long[] chunk = Arrays.copyOfRange(uids, i, Math.min(uids.length, i + CHUNK));
      long first = chunk[0];
      long last = chunk[chunk.length - 1];
      if (last - first < 4L * chunk.length) {
        for (MessageRow row : byRange(connection, mailbox, first, last, Integer.MAX_VALUE)) {
          if (Arrays.binarySearch(chunk, row.uid()) >= 0) {
            each.accept(row);
          }
        }
      } else {
        Long[] ids = new Long[chunk.length];
        Arrays.setAll(ids, n -> id(mailbox, chunk[n]));
        try (PreparedStatement query = connection.prepareStatement(BY_IDS)) {
          query.setArray(1, connection.createArrayOf("BIGINT", ids));
          each(query, each);
        }
      }
    }
  }

  /** UIDs of messages whose MODSEQ is greater, ascending. */
  static long[] changedSince(Connection connection, Dialect dialect, MailboxId mailbox, long modSeq)
      throws SQLException {
    return uidsSince(connection, dialect, CHANGED, mailbox, modSeq);
  }

  /** UIDs that were expunged at a greater MODSEQ. */
  static Messages.Expunged expungedSince(
      Connection connection, Dialect dialect, MailboxId mailbox, long modSeq) throws SQLException {
    long[] uids = uidsSince(connection, dialect, VANISHED, mailbox, modSeq);
    boolean complete = uids.length == 0 || uids[0] != UNKNOWN;
    return new Messages.Expunged(
        complete ? uids : Arrays.copyOfRange(uids, 1, uids.length), complete);
  }

  /** Notes that what was expunged up to the mailbox's present MODSEQ is not known. */
  static void forgetExpunged(Transaction tx, MailboxId mailbox, long now) {
    tx.execute(INSERT_UNKNOWN, id(mailbox, UNKNOWN), now, mailbox.value());
  }

  private static long[] uidsSince(
      Connection connection, Dialect dialect, String sql, MailboxId mailbox, long modSeq)
      throws SQLException {
    UidList uids = new UidList();
    if (!uidsSince(connection, sql + " LIMIT " + FLAGS_PAGE, mailbox, modSeq, uids)) {
      uids.clear();
      dialect.streamResults(connection, true);
      try {
        uidsSince(connection, sql, mailbox, modSeq, uids);
      } finally {
        dialect.streamResults(connection, false);
      }
    }
    long[] ascending = uids.toArray();
    Arrays.sort(ascending);
    return ascending;
  }

  /** Adds what the query finds; false when there may be more. */
  private static boolean uidsSince(
      Connection connection, String sql, MailboxId mailbox, long modSeq, UidList uids)
      throws SQLException {
    try (PreparedStatement query = connection.prepareStatement(sql)) {
      query.setLong(1, mailbox.value());
      query.setLong(2, modSeq);
      int rows = 0;
      try (ResultSet rs = query.executeQuery()) {
        while (rs.next()) {
          rows++;
          uids.add(rs.getLong(1) & UID_MASK);
        }
      }
      return rows < FLAGS_PAGE;
    }
  }

  /** Those of the UIDs that were expunged. */
  static Set<Long> expunged(Connection connection, MailboxId mailbox, long[] uids)
      throws SQLException {
    Set<Long> expunged = new HashSet<>();
    Long[] ids = Arrays.stream(uids).mapToObj(uid -> id(mailbox, uid)).toArray(Long[]::new);
    try (PreparedStatement query = connection.prepareStatement(EXPUNGED)) {
      query.setArray(1, connection.createArrayOf("BIGINT", ids));
      try (ResultSet rs = query.executeQuery()) {
        while (rs.next()) {
          expunged.add(rs.getLong(1) & UID_MASK);
        }
      }
    }
    return expunged;
  }

  /**
   * Hands over the SHA-256 of at most {@code limit} messages from a UID on, by UID; returns the UID
   * to go on with, or -1 after the last one.
   */
  static long digests(
      Connection connection, MailboxId mailbox, long from, int limit, BiConsumer<Long, byte[]> each)
      throws SQLException {
    int rows = 0;
    long last = from;
    try (PreparedStatement query = connection.prepareStatement(DIGESTS)) {
      query.setLong(1, id(mailbox, from));
      query.setLong(2, id(mailbox, UID_MASK));
      query.setInt(3, limit);
      try (ResultSet rs = query.executeQuery()) {
        while (rs.next()) {
          rows++;
          last = rs.getLong(1) & UID_MASK;
          each.accept(last, rs.getBytes(2));
        }
      }
    }
    return rows < limit ? -1 : last + 1;
  }

  /**
   * Adds all UIDs to the list, reading some at a time; returns the first without {@code \Seen}, or
   * 0.
   */
  static long allUids(Connection connection, MailboxId mailbox, UidList uids) throws SQLException {
    long firstUnseen = 0;
    try (PreparedStatement query = connection.prepareStatement(FLAGS)) {
      query.setLong(2, id(mailbox, UID_MASK));
      long next = id(mailbox, 0);
      int rows = FLAGS_PAGE;
      while (rows == FLAGS_PAGE) {
        query.setLong(1, next);
        rows = 0;
        try (ResultSet rs = query.executeQuery()) {
          while (rs.next()) {
            rows++;
            next = rs.getLong(1) + 1;
            long uid = rs.getLong(1) & UID_MASK;
            uids.add(uid);
            if (firstUnseen == 0 && (rs.getInt(2) & SystemFlag.SEEN.bit()) == 0) {
              firstUnseen = uid;
            }
          }
        }
      }
    }
    return firstUnseen;
  }

  private static void each(PreparedStatement query, Consumer<MessageRow> each) throws SQLException {
    try (ResultSet rs = query.executeQuery()) {
      while (rs.next()) {
        each.accept(row(rs));
      }
    }
  }

  /** The message in the first eight columns. */
  static MessageRow row(ResultSet rs) throws SQLException {
    return new MessageRow(
        rs.getLong(1) & UID_MASK,
        rs.getLong(2),
        rs.getInt(3),
        rs.getBytes(4),
        rs.getLong(5),
        rs.getLong(6),
        rs.getLong(7),
        rs.getLong(8));
  }

  static void insert(Transaction tx, MailboxId mailbox, MessageRow row) throws SQLException {
    PreparedStatement insert = tx.insert(INSERT);
    set(insert, mailbox, row);
    insert.addBatch();
  }

  /** Writes flags, keywords and MODSEQ of rows that exist. */
  static void updateFlags(Transaction tx, MailboxId mailbox, List<MessageRow> rows)
      throws SQLException {
    PreparedStatement update = tx.update(UPDATE_FLAGS);
    for (MessageRow row : rows) {
      update.setLong(1, row.modSeq());
      update.setInt(2, row.flags());
      update.setBytes(3, row.keywords());
      update.setLong(4, id(mailbox, row.uid()));
      update.addBatch();
    }
    update.executeBatch();
  }

  static void delete(Transaction tx, MailboxId mailbox, List<MessageRow> rows) throws SQLException {
    PreparedStatement delete = tx.update(DELETE);
    for (MessageRow row : rows) {
      delete.setLong(1, id(mailbox, row.uid()));
      delete.addBatch();
    }
    delete.executeBatch();
  }

  /**
   * Writes tombstones.
   *
   * @param modSeq of the expunge
   * @param hold whether the rows keep their reference to the content, for undelete
   */
  static void insertExpunged(
      Transaction tx,
      MailboxId mailbox,
      List<MessageRow> rows,
      long modSeq,
      long now,
      boolean hold,
      String protocol)
      throws SQLException {
    PreparedStatement insert = tx.update(INSERT_EXPUNGED);
    for (MessageRow row : rows) {
      set(insert, mailbox, row);
      insert.setLong(3, modSeq);
      setLong(insert, 9, hold ? row.content() : null);
      insert.setLong(10, now);
      setLong(insert, 11, hold ? now : null);
      insert.setString(12, protocol);
      insert.addBatch();
    }
    insert.executeBatch();
  }

  private static void set(PreparedStatement insert, MailboxId mailbox, MessageRow row)
      throws SQLException {
    insert.setLong(1, id(mailbox, row.uid()));
    insert.setLong(2, mailbox.value());
    insert.setLong(3, row.modSeq());
    insert.setInt(4, row.flags());
    insert.setBytes(5, row.keywords());
    insert.setLong(6, row.internalDate());
    insert.setLong(7, row.saveDate());
    insert.setLong(8, row.size());
    insert.setLong(9, row.content());
  }

  private static void setLong(PreparedStatement statement, int index, @Nullable Long value)
      throws SQLException {
    if (value == null) {
      statement.setNull(index, java.sql.Types.BIGINT);
    } else {
      statement.setLong(index, value);
    }
  }
}
