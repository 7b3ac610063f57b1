package org.postrider.storage;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jdbi.v3.core.Handle;

/** The table queue_event. */
final class QueueEventRows {
  private static final int HOST_MAX = 300;
  private static final int REPLY_MAX = 2000;
  private static final String INSERT =
      "INSERT INTO queue_event (id, entry, no, attempt, at, kind, address, host, tls, reply, audit)"
          + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
  private static final String DELETE_ATTEMPT =
      "DELETE FROM queue_event WHERE entry = ? AND no = ? AND attempt = ?";
  private static final String CHANGES =
      "SELECT id FROM queue_event WHERE entry = ? AND no = ? AND attempt = 0 ORDER BY id DESC"
          + " OFFSET ?";
  private static final String DELETE = "DELETE FROM queue_event WHERE id = ?";
  private static final String SELECT =
      "SELECT entry, at, no, attempt, kind, address, host, tls, reply, audit FROM queue_event WHERE"
          + " entry = ? ORDER BY id";

  private QueueEventRows() {}

  /** Adds an event; the oldest of its kind goes when there are too many of the recipient. */
  static void insert(Transaction tx, QueueEvent event) throws SQLException {
    long entry = event.entry().value();
    if (event.attempt() > QueueEvent.ATTEMPTS_MAX) {
      PreparedStatement delete = tx.update(DELETE_ATTEMPT);
      delete.setLong(1, entry);
      delete.setInt(2, event.recipient());
      delete.setInt(3, event.attempt() - QueueEvent.ATTEMPTS_MAX);
      delete.executeUpdate();
    } else if (!event.isAttempt() && event.audit() == 0) {
      makeRoom(tx, entry, event.recipient());
    }
    PreparedStatement insert = tx.insert(INSERT);
    insert.setLong(1, tx.nextAuditId());
    insert.setLong(2, entry);
    insert.setInt(3, event.recipient());
    insert.setInt(4, event.attempt());
    insert.setLong(5, event.at());
    insert.setString(6, event.kind());
    insert.setString(7, event.address());
    insert.setString(8, cut(event.host(), HOST_MAX));
    insert.setString(9, cut(event.tls(), HOST_MAX));
    insert.setString(10, cut(event.reply(), REPLY_MAX));
    insert.setLong(11, event.audit());
    insert.addBatch();
  }

  private static void makeRoom(Transaction tx, long entry, int number) throws SQLException {
    tx.flush();
    PreparedStatement query = tx.query(CHANGES);
    query.setLong(1, entry);
    query.setInt(2, number);
    query.setInt(3, QueueEvent.CHANGES_MAX - 1);
    List<Long> old = new ArrayList<>();
    try (ResultSet rs = query.executeQuery()) {
      while (rs.next()) {
        old.add(rs.getLong(1));
      }
    }
    for (long id : old) {
      PreparedStatement delete = tx.update(DELETE);
      delete.setLong(1, id);
      delete.executeUpdate();
    }
  }

  private static String cut(String text, int max) {
    return text.length() <= max ? text : text.substring(0, max - 1) + "…";
  }

  /** The events of an entry, the oldest first. */
  static List<QueueEvent> of(Handle handle, long entry) {
    return handle
        .select(SELECT, entry)
        .map((rs, context) ->
            new QueueEvent(
                new QueueEntryId(rs.getLong(1)),
                rs.getLong(2),
                rs.getInt(3),
                rs.getInt(4),
                rs.getString(5),
                rs.getString(6),
                rs.getString(7),
                rs.getString(8),
                rs.getString(9),
                rs.getLong(10)))
        .list();
  }
}
