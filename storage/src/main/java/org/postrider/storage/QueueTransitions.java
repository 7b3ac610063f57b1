package org.postrider.storage;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SequencedSet;
import org.jspecify.annotations.Nullable;
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
          + " lease_until = ?, next_attempt = ? WHERE entry = ? AND no = ? AND attempts = ? AND"
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
          + " lease_owner = NULL, lease_until = NULL WHERE entry = ? AND no = ? AND lease_owner ="
          + " ?";
  private static final String DELETE =
      "DELETE FROM queue_recipient WHERE entry = ? AND no = ? AND lease_owner = ?";
  private static final String LEASED =
      "SELECT e.content, e.size, r.priority, r.attempts, r.address, (SELECT MAX(no) FROM"
          + " queue_recipient m WHERE m.entry = e.id) FROM queue_entry e JOIN queue_recipient r ON"
          + " r.entry = e.id WHERE e.id = ? AND r.no = ? AND r.lease_owner = ?";
  private static final String ENTRY = "SELECT session, account FROM queue_entry WHERE id = ?";
  private static final String WITHOUT_RECIPIENTS =
      "SELECT e.id, e.content, o.message FROM queue_entry e LEFT JOIN outbox o ON o.entry = e.id"
          + " WHERE e.id = ANY(?) AND NOT EXISTS (SELECT 1 FROM queue_recipient r WHERE r.entry ="
          + " e.id)";
  private static final String RECIPIENT =
      "SELECT address, attempts FROM queue_recipient WHERE entry = ? AND no = ?";
  private static final String WHICH = " AND entry = ? AND no BETWEEN ? AND ?";
  private static final String RETRY =
      "UPDATE queue_recipient SET state = 'WAITING', next_attempt = ?, verdict = NULL WHERE state"
          + " IN ('WAITING', 'FAILED')"
          + WHICH;
  private static final String HOLD =
      "UPDATE queue_recipient SET state = 'HELD' WHERE state = 'WAITING'" + WHICH;
  private static final String RELEASE =
      "UPDATE queue_recipient SET state = 'WAITING', next_attempt = ? WHERE state = 'HELD'" + WHICH;
  private static final String CANCEL =
      "DELETE FROM queue_recipient WHERE state <> 'LEASED'" + WHICH;
  private static final String BOUNCE =
      "UPDATE queue_recipient SET state = 'WAITING', next_attempt = ?, verdict = ? WHERE state IN"
          + " ('WAITING', 'HELD') AND EXISTS (SELECT 1 FROM queue_entry e WHERE e.id = entry AND"
          + " e.reverse_path <> '')"
          + WHICH;
  private static final String ROUTE =
      "UPDATE queue_recipient SET state = CASE state WHEN 'FAILED' THEN 'WAITING' ELSE state END,"
          + " next_attempt = ?, route = NULLIF(?, '') WHERE state <> 'LEASED'"
          + WHICH;
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
      lease.setLong(4, each.entry());
      lease.setInt(5, each.recipient().number());
      lease.setInt(6, each.recipient().attempts());
      lease.setString(7, each.recipient().route());
      lease.setString(8, each.recipient().verdict());
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
    SequencedSet<Long> left = new LinkedHashSet<>();
    for (Settlement settlement : settlements) {
      long entry = settlement.entry().value();
      QueueEvent event = attempt(tx, now, settlement);
      if (event == null) {
        continue;
      }
      State state = settlement.state();
      int rows;
      if (state == null) {
        PreparedStatement delete = tx.update(DELETE);
        delete.setLong(1, entry);
        delete.setInt(2, settlement.recipient());
        delete.setString(3, owner);
        rows = delete.executeUpdate();
        left.add(entry);
      } else {
        PreparedStatement update = tx.update(SETTLE);
        update.setString(1, state.name());
        update.setLong(2, settlement.nextAttempt());
        update.setString(3, cut(shown(settlement)));
        update.setBoolean(4, settlement.delayTold());
        update.setLong(5, entry);
        update.setInt(6, settlement.recipient());
        update.setString(7, owner);
        rows = update.executeUpdate();
      }
      if (rows > 0) {
        QueueEventRows.insert(tx, event);
      }
    }
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
    query.setInt(2, number);
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
      last = rs.getInt(6);
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
    delete.setLong(1, entry.value());
    delete.setInt(2, number);
    delete.setString(3, owner);
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

  /** What the settlement tells of; null when the recipient is gone. */
  private static @Nullable QueueEvent attempt(Transaction tx, long now, Settlement settlement)
      throws SQLException {
    PreparedStatement query = tx.query(RECIPIENT);
    query.setLong(1, settlement.entry().value());
    query.setInt(2, settlement.recipient());
    try (ResultSet rs = query.executeQuery()) {
      return rs.next()
          ? new QueueEvent(
              settlement.entry(),
              now,
              settlement.recipient(),
              rs.getInt(2),
              settlement.event(),
              rs.getString(1),
              settlement.peer().host(),
              settlement.peer().tls(),
              settlement.reply())
          : null;
    }
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
    int first = Math.max(number, 0);
    int last = number < 0 ? Integer.MAX_VALUE : number;
    int rows =
        switch (change) {
          case RETRY -> tx.execute(RETRY, now, id, first, last);
          case HOLD -> tx.execute(HOLD, id, first, last);
          case RELEASE -> tx.execute(RELEASE, now, id, first, last);
          case CANCEL -> tx.execute(CANCEL, id, first, last);
          case BOUNCE -> tx.execute(BOUNCE, now, argument, id, first, last);
          case ROUTE -> tx.execute(ROUTE, now, argument, id, first, last);
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
    query.setLong(1, entry);
    query.setInt(2, number);
    try (ResultSet rs = query.executeQuery()) {
      return rs.next() ? rs.getString(1) : "";
    }
  }
}
