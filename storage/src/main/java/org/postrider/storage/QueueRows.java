package org.postrider.storage;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jdbi.v3.core.Handle;

/** The tables queue_entry and queue_recipient. */
final class QueueRows {
  private static final String INSERT_ENTRY =
      "INSERT INTO queue_entry (id, content, reverse_path, options, size, created, session,"
          + " account) VALUES (?, ?, ?, ?, ?, ?, ?, ?)";
  private static final String INSERT_RECIPIENT =
      "INSERT INTO queue_recipient (entry, no, address, domain, options, state, attempts,"
          + " next_attempt, last_reply, delay_told, priority) VALUES (?, ?, ?, ?, ?, ?, 0, ?, '',"
          + " FALSE, ?)";
  private static final String SELECT =
      "SELECT e.id, e.content, e.reverse_path, e.options, e.size, e.created, e.session, r.no,"
          + " r.address, r.domain, r.options, r.state, r.attempts, r.next_attempt, r.last_reply,"
          + " r.delay_told, COALESCE(r.route, ''), COALESCE(r.verdict, ''), e.account FROM"
          + " queue_entry e JOIN queue_recipient r ON r.entry = e.id";

  /** What was never tried and is not due is held by its sender. */
  static final String FOR_DOMAIN =
      " (attempts > 0 OR next_attempt <= ?) AND (domain = ? OR domain LIKE ?)";

  private static final String WAITING =
      "SELECT state, COUNT(DISTINCT entry) FROM queue_recipient WHERE state IN ('WAITING',"
          + " 'LEASED') AND"
          + FOR_DOMAIN
          + " GROUP BY state";
  private static final String ORDER = " ORDER BY e.id, r.no";

  private QueueRows() {}

  static QueueEntryId insert(
      Transaction tx, long content, Delivery delivery, List<Delivery.Remote> remotes, long now)
      throws SQLException {
    long id = tx.nextContentId();
    PreparedStatement entry = tx.insert(INSERT_ENTRY);
    entry.setLong(1, id);
    entry.setLong(2, content);
    entry.setString(3, delivery.reversePath());
    entry.setString(4, delivery.envelopeOptions());
    entry.setLong(5, delivery.content().size());
    entry.setLong(6, now);
    entry.setString(7, delivery.sessionId());
    if (delivery.authenticated() == null) {
      entry.setNull(8, Types.BIGINT);
    } else {
      entry.setLong(8, delivery.authenticated().value());
    }
    entry.addBatch();
    boolean held = delivery.notBefore() == Delivery.ON_HOLD;
    insertRecipients(
        tx,
        id,
        0,
        remotes,
        held ? DeliveryQueue.State.HELD : DeliveryQueue.State.WAITING,
        held ? now : Math.max(now, delivery.notBefore()),
        delivery.priority());
    return new QueueEntryId(id);
  }

  /**
   * Adds recipients to an entry.
   *
   * @param first number that none has yet
   * @param due epoch milliseconds
   * @param priority -9 to 9
   */
  static void insertRecipients(
      Transaction tx,
      long entry,
      int first,
      List<Delivery.Remote> recipients,
      DeliveryQueue.State state,
      long due,
      int priority)
      throws SQLException {
    PreparedStatement recipient = tx.insert(INSERT_RECIPIENT);
    int no = first;
    for (Delivery.Remote remote : recipients) {
      recipient.setLong(1, entry);
      recipient.setInt(2, no++);
      recipient.setString(3, remote.address());
      recipient.setString(4, remote.domain());
      recipient.setString(5, remote.parameters());
      recipient.setString(6, state.name());
      recipient.setLong(7, due);
      recipient.setInt(8, priority);
      recipient.addBatch();
    }
  }

  static List<DeliveryQueue.Entry> list(Handle handle, long after, int limit) {
    return entries(
        handle,
        SELECT
            + " WHERE e.id IN (SELECT id FROM queue_entry WHERE id > ? ORDER BY id LIMIT ?)"
            + ORDER,
        after,
        limit);
  }

  static List<DeliveryQueue.Entry> find(Handle handle, long id) {
    return entries(handle, SELECT + " WHERE e.id = ?" + ORDER, id);
  }

  /** Those recipients of the entries that an owner has leased. */
  static List<DeliveryQueue.Entry> leased(Handle handle, String owner, List<Long> entries) {
    return entries(
        handle,
        SELECT + " WHERE r.lease_owner = ? AND r.state = 'LEASED' AND e.id = ANY(?)" + ORDER,
        owner,
        entries.toArray(Long[]::new));
  }

  /**
   * The messages for a domain that wait to be tried again, and those that are just being tried.
   *
   * @param below whether those for domains below it too
   */
  static DeliveryQueue.Started waiting(
      Connection connection, String domain, boolean below, long now) throws SQLException {
    int entries = 0;
    int underWay = 0;
    try (PreparedStatement query = connection.prepareStatement(WAITING)) {
      query.setLong(1, now);
      query.setString(2, domain);
      query.setString(3, below ? "%." + domain : domain);
      try (ResultSet rs = query.executeQuery()) {
        while (rs.next()) {
          boolean waits = rs.getString(1).equals(DeliveryQueue.State.WAITING.name());
          entries += waits ? rs.getInt(2) : 0;
          underWay += waits ? 0 : rs.getInt(2);
        }
      }
    }
    return new DeliveryQueue.Started(entries, underWay);
  }

  static OptionalLong nextDue(Handle handle) {
    return handle
        .select(
            "SELECT MIN(next_attempt) FROM queue_recipient WHERE state IN ('WAITING', 'LEASED')")
        .map((rs, context) -> {
          long due = rs.getLong(1);
          return rs.wasNull() ? OptionalLong.empty() : OptionalLong.of(due);
        })
        .one();
  }

  /** One row per recipient, gathered by entry. */
  private static List<DeliveryQueue.Entry> entries(Handle handle, String sql, Object... arguments) {
    Map<QueueEntryId, List<DeliveryQueue.Entry>> rows = new LinkedHashMap<>();
    handle
        .select(sql, arguments)
        .map((rs, context) -> entry(rs))
        .forEach(row -> rows.computeIfAbsent(row.id(), id -> new ArrayList<>()).add(row));
    return rows.values().stream().map(QueueRows::together).toList();
  }

  private static DeliveryQueue.Entry together(List<DeliveryQueue.Entry> rows) {
    DeliveryQueue.Entry first = rows.getFirst();
    return new DeliveryQueue.Entry(
        first.id(),
        first.content(),
        first.reversePath(),
        first.envelopeOptions(),
        first.size(),
        first.created(),
        first.session(),
        first.account(),
        rows.stream().flatMap(row -> row.recipients().stream()).toList());
  }

  private static DeliveryQueue.Entry entry(ResultSet rs) throws SQLException {
    return new DeliveryQueue.Entry(
        new QueueEntryId(rs.getLong(1)),
        new ContentId(rs.getLong(2)),
        rs.getString(3),
        rs.getString(4),
        rs.getLong(5),
        rs.getLong(6),
        rs.getString(7),
        account(rs),
        List.of(
            new DeliveryQueue.Recipient(
                rs.getInt(8),
                rs.getString(9),
                rs.getString(10),
                rs.getString(11),
                DeliveryQueue.State.valueOf(rs.getString(12)),
                rs.getInt(13),
                rs.getLong(14),
                rs.getString(15),
                rs.getBoolean(16),
                rs.getString(17),
                rs.getString(18))));
  }

  private static Optional<AccountId> account(ResultSet rs) throws SQLException {
    long account = rs.getLong(19);
    return rs.wasNull() ? Optional.empty() : Optional.of(new AccountId(account));
  }
}
