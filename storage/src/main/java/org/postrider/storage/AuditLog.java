package org.postrider.storage;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Reads the audit log. A message is found by its number in the queue or by the id that its client
 * was told in some dozen short queries; by its Message-ID only by reading the log from its end,
 * since an index would cost each delivery more than the question is worth.
 */
public final class AuditLog {
  /** Numbers looked at by one query. */
  private static final long WINDOW = 20_000;

  /** Rows of one message: a thousand recipients take some thirty. */
  private static final int ROWS_MAX = 5_000;

  /** No transaction takes longer from its first octet to its end. */
  private static final Duration TRANSACTION_MAX = Duration.ofDays(1);

  private static final String SELECT =
      "SELECT id, at, session, account, COALESCE(message_id, ''), subject FROM audit WHERE kind IN"
          + " ('deliver', 'queue')";
  private static final String LIVES = "SELECT 1 FROM message WHERE id = ?";
  private static final String EXPUNGED = "SELECT protocol, expunged_at FROM expunged WHERE id = ?";
  private static final String PLACE =
      "SELECT a.login, b.name, COALESCE(b.deleted_at, 0) FROM mailbox b JOIN account a ON a.id ="
          + " b.account WHERE b.id = ?";

  private final Database database;

  AuditLog(Database database) {
    this.database = database;
  }

  /** Hears how far a search is. */
  @FunctionalInterface
  public interface Listener {
    /**
     * @param rows of the log that were read, about
     * @param total of all that are to be read, about
     */
    void progress(long rows, long total);
  }

  /** How a Message-ID is kept: without its angle brackets, and not all of a long one. */
  static String searched(String messageId) {
    int start = messageId.indexOf('<');
    int end = messageId.indexOf('>', start);
    String id = (start < 0 || end < 0 ? messageId : messageId.substring(start + 1, end)).strip();
    return id.length() <= AuditRows.MESSAGE_ID_MAX ? id : id.substring(0, AuditRows.MESSAGE_ID_MAX);
  }

  /** What was accepted as that entry of the queue. */
  public Optional<Acceptance> ofEntry(QueueEntryId entry) {
    return database.withHandle(handle -> QueueEventRows.of(handle, entry.value())).stream()
        .filter(event -> event.kind().equals("queued"))
        .findFirst()
        .flatMap(event -> ofRow(event.audit()));
  }

  /** What the row with that number tells, and those that belong to it. */
  public Optional<Acceptance> ofRow(long id) {
    List<Acceptance> rows =
        read(" AND id BETWEEN ? AND ? ORDER BY id LIMIT " + ROWS_MAX, id, id + WINDOW);
    return rows.isEmpty() || rows.getFirst().id() != id
        ? Optional.empty()
        : Optional.of(rows.getFirst());
  }

  /**
   * What was accepted in that transaction.
   *
   * @param session the id that the client was told
   * @param began when the transaction began, epoch milliseconds, or a little before
   */
  public List<Acceptance> ofSession(String session, long began, Listener listener) {
    long from = after(began - 1);
    long to = after(began + TRANSACTION_MAX.toMillis());
    List<Acceptance> found = new ArrayList<>();
    for (long low = from; low < to && found.isEmpty(); low += WINDOW) {
      long high = Math.min(to, low + WINDOW);
      found.addAll(read(" AND id >= ? AND id < ? AND session = ? ORDER BY id", low, high, session));
      listener.progress(high - from, to - from);
    }
    return found;
  }

  /**
   * What was accepted with that Message-ID, the newest first.
   *
   * @param since only what was accepted then or later, epoch milliseconds
   * @param limit most messages
   */
  public List<Acceptance> ofMessageId(String messageId, long since, int limit, Listener listener) {
    String id = searched(messageId);
    long from = after(since - 1);
    long to = after(Long.MAX_VALUE);
    List<Acceptance> found = new ArrayList<>();
    for (long high = to; high > from && found.size() < limit; high -= WINDOW) {
      long low = Math.max(from, high - WINDOW);
      List<Acceptance> some =
          read(" AND id >= ? AND id < ? AND message_id = ? ORDER BY id", low, high, id);
      found.addAll(some.reversed());
      listener.progress(to - low, to - from);
    }
    return found.subList(0, Math.min(limit, found.size()));
  }

  private long after(long moment) {
    return database.read(connection -> AuditRows.after(connection, "audit", moment));
  }

  /** The messages that those rows tell of; rows of one message come together. */
  private List<Acceptance> read(String which, Object... arguments) {
    return database.read(connection -> {
      List<Acceptance> found = new ArrayList<>();
      try (PreparedStatement query = connection.prepareStatement(SELECT + which)) {
        for (int i = 0; i < arguments.length; i++) {
          query.setObject(i + 1, arguments[i]);
        }
        try (ResultSet rs = query.executeQuery()) {
          while (rs.next()) {
            add(found, row(rs));
          }
        }
      }
      return found;
    });
  }

  private static Acceptance row(ResultSet rs) throws SQLException {
    long account = rs.getLong(4);
    Optional<AccountId> who = rs.wasNull() ? Optional.empty() : Optional.of(new AccountId(account));
    return AcceptanceText.parse(
        rs.getLong(1), rs.getLong(2), rs.getString(3), who, rs.getString(5), rs.getString(6));
  }

  private static void add(List<Acceptance> found, Acceptance row) {
    if (!found.isEmpty()) {
      Acceptance last = found.getLast();
      if (last.session().equals(row.session())
          && last.at() == row.at()
          && last.entry().equals(row.entry())
          && last.reversePath().equals(row.reversePath())) {
        last.copies().addAll(row.copies());
        return;
      }
    }
    found.add(row);
  }

  /** What has become of a copy. */
  public Acceptance.Fate fate(Acceptance.Copy copy) {
    long message = MessageRows.id(copy.mailbox(), copy.uid());
    return database.read(connection -> {
      String login = "";
      String mailbox = "";
      long deleted = 0;
      try (PreparedStatement query = connection.prepareStatement(PLACE)) {
        query.setLong(1, copy.mailbox().value());
        try (ResultSet rs = query.executeQuery()) {
          if (rs.next()) {
            login = rs.getString(1);
            mailbox = rs.getString(2);
            deleted = rs.getLong(3);
          }
        }
      }
      return fate(connection, message, login, mailbox, deleted);
    });
  }

  private static Acceptance.Fate fate(
      Connection connection, long message, String login, String mailbox, long deleted)
      throws SQLException {
    try (PreparedStatement query = connection.prepareStatement(EXPUNGED)) {
      query.setLong(1, message);
      try (ResultSet rs = query.executeQuery()) {
        if (rs.next()) {
          return new Acceptance.Fate(login, mailbox, rs.getString(1), rs.getLong(2));
        }
      }
    }
    try (PreparedStatement query = connection.prepareStatement(LIVES)) {
      query.setLong(1, message);
      try (ResultSet rs = query.executeQuery()) {
        boolean there = rs.next() && deleted == 0;
        return new Acceptance.Fate(login, mailbox, there ? "" : "folder", there ? 0 : deleted);
      }
    }
  }
}
