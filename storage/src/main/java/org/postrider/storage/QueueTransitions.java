package org.postrider.storage;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SequencedSet;
import org.postrider.storage.DeliveryQueue.Change;
import org.postrider.storage.DeliveryQueue.Settlement;
import org.postrider.storage.DeliveryQueue.State;

/**
 * How recipients in the queue go from state to state. A lease has its end in next_attempt too, so
 * that one index finds what is due and what was abandoned.
 */
final class QueueTransitions {
  private static final int REPLY_MAX = 2000;

  /** Says nothing that an index over states could serve: H2 would walk through that one. */
  private static final String LEASE =
      "UPDATE queue_recipient SET state = 'LEASED', attempts = attempts + 1, lease_owner = ?,"
          + " lease_until = ?, next_attempt = ? WHERE id = ? AND attempts = ? AND"
          + " COALESCE(route, '') = ? AND COALESCE(verdict, '') = ? AND state <> 'HELD' AND state"
          + " <> 'FAILED'";

  private static final String START =
      "UPDATE queue_recipient SET next_attempt = ? WHERE state = 'WAITING' AND"
          + QueueRows.FOR_DOMAIN;
  private static final String END_LEASES =
      "UPDATE queue_recipient SET state = 'WAITING', lease_owner = NULL, lease_until = NULL,"
          + " next_attempt = ? WHERE state = 'LEASED' AND lease_owner <> ?";
  private static final String SETTLE =
      "UPDATE queue_recipient SET state = ?, next_attempt = ?, last_reply = ?, delay_told = ?,"
          + " lease_owner = NULL, lease_until = NULL WHERE id = ? AND lease_owner = ?";
  private static final String DELETE =
      "DELETE FROM queue_recipient WHERE id = ? AND lease_owner = ?";
  private static final String LEASED =
      "SELECT e.content, e.size, l.priority, l.attempts, l.address, (SELECT MAX(id) FROM"
          + " queue_recipient r WHERE "
          + QueueRows.OF_ENTRY
          + ") FROM queue_entry e, queue_recipient l WHERE e.id = ? AND l.id = ? AND l.lease_owner"
          + " = ?";
  private static final String ENTRY = "SELECT session, account FROM queue_entry WHERE id = ?";
  private static final String WITHOUT_RECIPIENTS =
      "SELECT e.id, e.content, o.message FROM queue_entry e LEFT JOIN outbox o ON o.entry = e.id"
          + " WHERE e.id = ANY(?) AND NOT EXISTS (SELECT 1 FROM queue_recipient r WHERE "
          + QueueRows.OF_ENTRY
          + ")";
  private static final String RECIPIENT = "SELECT address FROM queue_recipient WHERE id = ?";
  private static final String ATTEMPTS =
      "SELECT id, address, attempts FROM queue_recipient WHERE id = ANY(?) AND lease_owner = ?";

  /**
   * The state is made an expression, else H2 walks through all that are in it in place of the key's
   * few.
   */
  private static final String WHICH = " id BETWEEN ? AND ? AND COALESCE(state, '')";

  private static final String RETRY =
      "UPDATE queue_recipient SET state = 'WAITING', next_attempt = ?, verdict = NULL WHERE"
          + WHICH
          + " IN ('WAITING', 'FAILED')";
  private static final String HOLD =
      "UPDATE queue_recipient SET state = 'HELD' WHERE" + WHICH + " = 'WAITING'";
  private static final String RELEASE =
      "UPDATE queue_recipient SET state = 'WAITING', next_attempt = ? WHERE" + WHICH + " = 'HELD'";
  private static final String CANCEL = "DELETE FROM queue_recipient WHERE" + WHICH + " <> 'LEASED'";
  private static final String BOUNCE =
      "UPDATE queue_recipient SET state = 'WAITING', next_attempt = ?, verdict = ? WHERE"
          + WHICH
          + " IN ('WAITING', 'HELD') AND EXISTS (SELECT 1 FROM queue_entry e WHERE e.id ="
          + " queue_recipient.id / "
          + QueueRows.NUMBERS
          + " AND e.reverse_path <> '')";
  private static final String ROUTE =
      "UPDATE queue_recipient SET state = CASE state WHEN 'FAILED' THEN 'WAITING' ELSE state END,"
          + " next_attempt = ?, route = NULLIF(?, '') WHERE"
          + WHICH
          + " <> 'LEASED'";
  private static final String DELETE_ENTRY = "DELETE FROM queue_entry WHERE id = ?";

  private QueueTransitions() {}

  /**
   * Leases what was found to be due, unless it has changed since.
   *
   * @return whether each of them was leased
   */
  static List<Boolean> lease(Transaction tx, String owner, long until, List<QueueRows.Due> due)
      throws SQLException {
    tx.flush();
    PreparedStatement lease = tx.update(LEASE);
    for (QueueRows.Due each : due) {
      lease.setString(1, owner);
      lease.setLong(2, until);
      lease.setLong(3, until);
      lease.setLong(4, QueueRows.key(each.entry(), each.recipient().number()));
      lease.setInt(5, each.recipient().attempts());
      lease.setString(6, each.recipient().route());
      lease.setString(7, each.recipient().verdict());
      lease.addBatch();
    }
    return Arrays.stream(lease.executeBatch()).mapToObj(rows -> rows > 0).toList();
  }

  /** Makes what waits for a domain due now; what its sender holds is left alone. */
  static DeliveryQueue.Started start(Transaction tx, long now, String domain, boolean below)
      throws SQLException {
    tx.flush();
    DeliveryQueue.Started found = QueueRows.waiting(tx.connection(), domain, below, now);
    PreparedStatement update = tx.update(START);
    update.setLong(1, now);
    update.setLong(2, now);
    update.setString(3, domain);
    update.setString(4, below ? "%." + domain : domain);
    update.executeUpdate();
    return found;
  }

  static int endLeasesOfOthers(Transaction tx, long now, String owner) throws SQLException {
    tx.flush();
    PreparedStatement update = tx.update(END_LEASES);
    update.setLong(1, now);
    update.setString(2, owner);
    return update.executeUpdate();
  }

  /** A recipient whose lease somebody else has by now is left to him. */
  static int settle(Transaction tx, long now, String owner, List<Settlement> settlements)
      throws SQLException {
    tx.flush();
    Map<Long, Attempted> attempted = attempted(tx, owner, settlements);
    SequencedSet<Long> left = new LinkedHashSet<>();
    PreparedStatement delete = tx.update(DELETE);
    for (Settlement settlement : settlements) {
      long entry = settlement.entry().value();
      long key = QueueRows.key(entry, settlement.recipient());
      Attempted what = attempted.remove(key);
      if (what == null) {
        continue;
      }
      State state = settlement.state();
      if (state == null) {
        delete.setLong(1, key);
        delete.setString(2, owner);
        delete.addBatch();
        left.add(entry);
      } else {
        PreparedStatement update = tx.update(SETTLE);
        update.setString(1, state.name());
        update.setLong(2, settlement.nextAttempt());
        update.setString(3, cut(shown(settlement)));
        update.setBoolean(4, settlement.delayTold());
        update.setLong(5, key);
        update.setString(6, owner);
        update.executeUpdate();
      }
      QueueEventRows.insert(tx, event(now, settlement, what));
    }
    delete.executeBatch();
    deleteWithoutRecipients(tx, now, left);
    return settlements.size();
  }

  /** Files a leased recipient's message here; nothing happens when somebody else has the lease. */
  static List<Delivery.Filed> file(
      Transaction tx,
      long now,
      String owner,
      QueueEntryId entry,
      int number,
      List<Delivery.Target> targets,
      List<Delivery.Remote> elsewhere)
      throws SQLException {
    tx.flush();
    PreparedStatement query = tx.query(LEASED);
    query.setLong(1, entry.value());
    query.setLong(2, QueueRows.key(entry.value(), number));
    query.setString(3, owner);
    long content;
    long size;
    int priority;
    int attempt;
    String address;
    int last;
    try (ResultSet rs = query.executeQuery()) {
      if (!rs.next()) {
        return List.of();
      }
      content = rs.getLong(1);
      size = rs.getLong(2);
      priority = rs.getInt(3);
      attempt = rs.getInt(4);
      address = rs.getString(5);
      last = QueueRows.numberOf(rs.getLong(6));
    }
    LocalFiling filing = LocalFiling.prepare(tx, targets, size);
    if (!targets.isEmpty()) {
      ContentRows.addReferences(tx, Map.of(content, (long) targets.size()));
    }
    List<Delivery.Filed> filed = filing.file(content, now, now);
    if (!elsewhere.isEmpty()) {
      int no = last;
      for (Delivery.Remote remote : elsewhere) {
        QueueRows.insertRecipient(tx, entry, ++no, remote, State.WAITING, now, priority, null);
      }
    }
    tx.flush();
    PreparedStatement delete = tx.update(DELETE);
    delete.setLong(1, QueueRows.key(entry.value(), number));
    delete.setString(2, owner);
    delete.executeUpdate();
    for (Delivery.Filed copy : filed) {
      String place = copy.mailbox() + "/" + copy.uid();
      QueueEventRows.insert(
          tx, new QueueEvent(entry, now, number, attempt, "filed", address, "", "", place));
    }
    tx.flush();
    deleteWithoutRecipients(tx, now, List.of(entry.value()));
    return filed;
  }

  private static String shown(Settlement settlement) {
    String host = settlement.peer().host();
    return host.isEmpty() ? settlement.reply() : host + ": " + settlement.reply();
  }

  private static String cut(String reply) {
    return reply.length() <= REPLY_MAX ? reply : reply.substring(0, REPLY_MAX);
  }

  /** A recipient that was tried. */
  private record Attempted(String address, int attempts) {}

  /** Those of the settlements' recipients whose lease is the owner's, by their keys. */
  private static Map<Long, Attempted> attempted(
      Transaction tx, String owner, List<Settlement> settlements) throws SQLException {
    Object[] keys =
        settlements.stream()
            .map(each -> QueueRows.key(each.entry().value(), each.recipient()))
            .toArray();
    PreparedStatement query = tx.query(ATTEMPTS + tx.dialect().forUpdate());
    query.setArray(1, tx.connection().createArrayOf("BIGINT", keys));
    query.setString(2, owner);
    Map<Long, Attempted> attempted = HashMap.newHashMap(keys.length);
    try (ResultSet rs = query.executeQuery()) {
      while (rs.next()) {
        attempted.put(rs.getLong(1), new Attempted(rs.getString(2), rs.getInt(3)));
      }
    }
    return attempted;
  }

  private static QueueEvent event(long now, Settlement settlement, Attempted what) {
    return new QueueEvent(
        settlement.entry(),
        now,
        settlement.recipient(),
        what.attempts(),
        settlement.event(),
        what.address(),
        settlement.peer().host(),
        settlement.peer().tls(),
        settlement.reply());
  }

  private static void audit(Transaction tx, long now, long entry, String event, String subject)
      throws SQLException {
    PreparedStatement query = tx.query(ENTRY);
    query.setLong(1, entry);
    try (ResultSet rs = query.executeQuery()) {
      if (rs.next()) {
        String session = rs.getString(1);
        long account = rs.getLong(2);
        AuditRows.insert(
            tx,
            now,
            event,
            session,
            rs.wasNull() ? null : new AccountId(account),
            "queue " + entry + " " + subject);
      }
    }
  }

  private static void deleteWithoutRecipients(Transaction tx, long now, Collection<Long> entries)
      throws SQLException {
    if (entries.isEmpty()) {
      return;
    }
    Map<Long, Long> contents = new LinkedHashMap<>();
    Map<Long, Long> copies = new LinkedHashMap<>();
    PreparedStatement query = tx.query(WITHOUT_RECIPIENTS);
    query.setArray(1, tx.connection().createArrayOf("BIGINT", entries.toArray()));
    PreparedStatement delete = tx.update(DELETE_ENTRY);
    try (ResultSet rs = query.executeQuery()) {
      while (rs.next()) {
        long entry = rs.getLong(1);
        delete.setLong(1, entry);
        delete.addBatch();
        contents.merge(rs.getLong(2), 1L, Long::sum);
        long copy = rs.getLong(3);
        if (copy != 0) {
          copies.put(entry, copy);
        }
      }
    }
    delete.executeBatch();
    ContentRows.release(tx, contents, now);
    for (Map.Entry<Long, Long> copy : copies.entrySet()) {
      Outbox.left(tx, copy.getKey(), copy.getValue(), now);
    }
  }

  static int change(
      Transaction tx,
      long now,
      QueueEntryId entry,
      int number,
      Change change,
      String argument,
      String who)
      throws SQLException {
    tx.flush();
    String address = number < 0 ? "" : address(tx, entry.value(), number);
    long id = entry.value();
    long first = QueueRows.key(id, Math.max(number, 0));
    long last = QueueRows.key(id, number < 0 ? QueueRows.NUMBER_MAX : number);
    int rows =
        switch (change) {
          case RETRY -> tx.execute(RETRY, now, first, last);
          case HOLD -> tx.execute(HOLD, first, last);
          case RELEASE -> tx.execute(RELEASE, now, first, last);
          case CANCEL -> tx.execute(CANCEL, first, last);
          case BOUNCE -> tx.execute(BOUNCE, now, argument, first, last);
          case ROUTE -> tx.execute(ROUTE, now, argument, first, last);
        };
    if (rows > 0) {
      String kind = change.name().toLowerCase(Locale.ROOT);
      String said = argument.isEmpty() ? who : who + ": " + argument;
      audit(tx, now, id, "queue-" + kind, address.isEmpty() ? said : address + " " + said);
      QueueEventRows.insert(tx, new QueueEvent(entry, now, number, 0, kind, address, "", "", said));
      deleteWithoutRecipients(tx, now, List.of(id));
    }
    return rows;
  }

  private static String address(Transaction tx, long entry, int number) throws SQLException {
    PreparedStatement query = tx.query(RECIPIENT);
    query.setLong(1, QueueRows.key(entry, number));
    try (ResultSet rs = query.executeQuery()) {
      return rs.next() ? rs.getString(1) : "";
    }
  }
}
