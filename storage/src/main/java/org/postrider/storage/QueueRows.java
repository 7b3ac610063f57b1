package org.postrider.storage;

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import org.postrider.storage.DeliveryQueue.State;

/**
 * The tables queue_entry and queue_recipient. A recipient's key is made of its entry's and of its
 * number, so that those of an entry lie side by side in the one tree that all have.
 */
final class QueueRows {
  /** How many numbers an entry has for its recipients, in SQL and out of it. */
  static final long NUMBERS = 1_048_576;

  static final int NUMBER_MAX = (int) NUMBERS - 1;

  /** Recipients {@code r} of the entry {@code e}. */
  static final String OF_ENTRY =
      "r.id BETWEEN e.id * " + NUMBERS + " AND e.id * " + NUMBERS + " + " + NUMBER_MAX;

  private static final String INSERT_ENTRY =
      "INSERT INTO queue_entry (id, content, reverse_path, options, size, created, session,"
          + " account) VALUES (?, ?, ?, ?, ?, ?, ?, ?)";
  private static final String INSERT_RECIPIENT =
      "INSERT INTO queue_recipient (id, address, domain, options, state, attempts,"
          + " next_attempt, last_reply, delay_told, priority, lease_owner, lease_until) VALUES (?,"
          + " ?, ?, ?, ?, ?, ?, '', FALSE, ?, ?, ?)";
  private static final String SELECT =
      "SELECT e.id, e.content, e.reverse_path, e.options, e.size, e.created, e.session, MOD(r.id, "
          + NUMBERS
          + "), r.address, r.domain, r.options, r.state, r.attempts, r.next_attempt, r.last_reply,"
          + " r.delay_told, COALESCE(r.route, ''), COALESCE(r.verdict, ''), e.account FROM"
          + " queue_entry e JOIN queue_recipient r ON "
          + OF_ENTRY;

  /** What was never tried and is not due is held by its sender. */
  static final String FOR_DOMAIN =
      " (attempts > 0 OR next_attempt <= ?) AND (domain = ? OR domain LIKE ?)";

  private static final String WAITING =
      "SELECT state, COUNT(DISTINCT id / "
          + NUMBERS
          + ") FROM queue_recipient WHERE state IN ('WAITING',"
          + " 'LEASED') AND"
          + FOR_DOMAIN
          + " GROUP BY state";
  private static final String ORDER = " ORDER BY r.id";

  /**
   * The first of the index: H2 stops at the limit only where all of the index's columns are named.
   */
  private static final String NEXT_PRIORITY =
      "SELECT priority FROM queue_recipient WHERE state = ? AND priority > ? ORDER BY state,"
          + " priority LIMIT 1";

  private static final String DUE =
      "SELECT id, address, domain, options, state, attempts, next_attempt, last_reply,"
          + " delay_told, COALESCE(route, ''), COALESCE(verdict, '') FROM queue_recipient WHERE"
          + " state = ? AND priority = ? AND next_attempt <= ? AND (verdict IS NOT NULL OR (route"
          + " IS NOT NULL AND NOT route = ANY(?)) OR (route IS NULL AND (domain = ANY(?)) = ?))"
          + " ORDER BY state, priority, next_attempt LIMIT ?";
  private static final String NEXT_DUE =
      "SELECT next_attempt FROM queue_recipient WHERE state = ? AND priority = ? ORDER BY"
          + " state, priority, next_attempt LIMIT 1";
  private static final String ENTRIES =
      "SELECT id, content, reverse_path, options, size, created, session, account FROM queue_entry"
          + " WHERE id = ANY(?)";

  private QueueRows() {}

  /**
   * What was queued.
   *
   * @param taken with the recipients that were leased at once, or null when none was
   * @param waits whether there is another recipient
   */
  record Queued(QueueEntryId id, DeliveryQueue.@Nullable Entry taken, boolean waits) {}

  /**
   * @param carrier who may take the recipients at once, or null
   */
  static Queued insert(
      Transaction tx,
      long content,
      Delivery delivery,
      List<Delivery.Remote> remotes,
      long now,
      DeliveryQueue.@Nullable Carrier carrier)
      throws SQLException {
    QueueEntryId id = new QueueEntryId(tx.nextContentId());
    AccountId account = delivery.authenticated();
    PreparedStatement entry = tx.insert(INSERT_ENTRY);
    entry.setLong(1, id.value());
    entry.setLong(2, content);
    entry.setString(3, delivery.reversePath());
    entry.setString(4, delivery.envelopeOptions());
    entry.setLong(5, delivery.content().size());
    entry.setLong(6, now);
    entry.setString(7, delivery.sessionId());
    if (account == null) {
      entry.setNull(8, Types.BIGINT);
    } else {
      entry.setLong(8, account.value());
    }
    entry.addBatch();
    boolean held = delivery.notBefore() == Delivery.ON_HOLD;
    long due = held ? now : Math.max(now, delivery.notBefore());
    boolean waits = false;
    List<DeliveryQueue.Recipient> taken = new ArrayList<>();
    for (int no = 0; no < remotes.size(); no++) {
      Delivery.Remote remote = remotes.get(no);
      if (carrier != null && !held && due == now && carrier.takes(remote.domain())) {
        long until = now + carrier.lease().toMillis();
        insertRecipient(
            tx, id, no, remote, State.LEASED, until, delivery.priority(), carrier.owner());
        taken.add(leased(no, remote, until));
      } else {
        waits = true;
        insertRecipient(
            tx, id, no, remote, held ? State.HELD : State.WAITING, due, delivery.priority(), null);
      }
    }
    return new Queued(
        id,
        taken.isEmpty()
            ? null
            : new DeliveryQueue.Entry(
                id,
                new ContentId(content),
                delivery.reversePath(),
                delivery.envelopeOptions(),
                delivery.content().size(),
                now,
                delivery.sessionId(),
                Optional.ofNullable(account),
                taken),
        waits);
  }

  private static DeliveryQueue.Recipient leased(int no, Delivery.Remote remote, long until) {
    return new DeliveryQueue.Recipient(
        no,
        remote.address(),
        remote.domain(),
        remote.parameters(),
        State.LEASED,
        1,
        until,
        "",
        false,
        "",
        "");
  }

  /**
   * Adds a recipient to an entry.
   *
   * @param number that none has yet
   * @param due epoch milliseconds; when the lease ends, if there is one
   * @param priority -9 to 9
   * @param owner of the lease, or null
   */
  static void insertRecipient(
      Transaction tx,
      QueueEntryId entry,
      int number,
      Delivery.Remote remote,
      State state,
      long due,
      int priority,
      @Nullable String owner)
      throws SQLException {
    PreparedStatement recipient = tx.insert(INSERT_RECIPIENT);
    recipient.setLong(1, key(entry.value(), number));
    recipient.setString(2, remote.address());
    recipient.setString(3, remote.domain());
    recipient.setString(4, remote.parameters());
    recipient.setString(5, state.name());
    recipient.setInt(6, owner == null ? 0 : 1);
    recipient.setLong(7, due);
    recipient.setInt(8, priority);
    recipient.setString(9, owner);
    if (owner == null) {
      recipient.setNull(10, Types.BIGINT);
    } else {
      recipient.setLong(10, due);
    }
    recipient.addBatch();
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

  /**
   * The key of a recipient.
   *
   * @param number within the entry, 0 to {@link #NUMBER_MAX}
   */
  static long key(long entry, int number) {
    return entry * NUMBERS + Objects.checkIndex(number, (int) NUMBERS);
  }

  static long entryOf(long key) {
    return key / NUMBERS;
  }

  static int numberOf(long key) {
    return (int) (key % NUMBERS);
  }

  /** A recipient whose time has come. */
  record Due(long entry, DeliveryQueue.Recipient recipient) {
    /** The same, leased. */
    DeliveryQueue.Recipient leased(long until) {
      return new DeliveryQueue.Recipient(
          recipient.number(),
          recipient.address(),
          recipient.domain(),
          recipient.parameters(),
          State.LEASED,
          recipient.attempts() + 1,
          until,
          recipient.lastReply(),
          recipient.delayTold(),
          recipient.route(),
          recipient.verdict());
    }
  }

  /**
   * Recipients whose time has come or whose lease is over, the more urgent first, then those that
   * are due for longer. Domains do not matter to who is given up, nor to who is sent by another
   * way, unless its name is among those that are left out.
   *
   * @param only whether of those domains alone, or of all but those
   */
  static List<Due> due(
      Connection connection, long now, int limit, boolean only, Collection<String> domains)
      throws SQLException {
    List<Due> due = new ArrayList<>();
    Array names = connection.createArrayOf("VARCHAR", domains.toArray(String[]::new));
    try (PreparedStatement query = connection.prepareStatement(DUE)) {
      for (State state : List.of(State.WAITING, State.LEASED)) {
        for (int priority : priorities(connection, state)) {
          if (due.size() == limit) {
            return due;
          }
          query.setString(1, state.name());
          query.setInt(2, priority);
          query.setLong(3, now);
          query.setArray(4, names);
          query.setArray(5, names);
          query.setBoolean(6, only);
          query.setInt(7, limit - due.size());
          try (ResultSet rs = query.executeQuery()) {
            while (rs.next()) {
              long key = rs.getLong(1);
              due.add(new Due(entryOf(key), recipient(rs, numberOf(key), 2)));
            }
          }
        }
      }
    }
    return due;
  }

  /**
   * The priorities that recipients in a state have, the highest first; a step of the index each.
   */
  private static List<Integer> priorities(Connection connection, State state) throws SQLException {
    List<Integer> priorities = new ArrayList<>();
    try (PreparedStatement query = connection.prepareStatement(NEXT_PRIORITY)) {
      query.setString(1, state.name());
      int last = Integer.MIN_VALUE;
      while (true) {
        query.setInt(2, last);
        try (ResultSet rs = query.executeQuery()) {
          if (!rs.next()) {
            return priorities.reversed();
          }
          last = rs.getInt(1);
          priorities.add(last);
        }
      }
    }
  }

  /** The entries of those recipients, in their order, with these alone. */
  static List<DeliveryQueue.Entry> entries(
      Handle handle, Map<Long, List<DeliveryQueue.Recipient>> recipients) {
    Map<Long, DeliveryQueue.Entry> found = HashMap.newHashMap(recipients.size());
    handle
        .select(ENTRIES, (Object) recipients.keySet().toArray(Long[]::new))
        .map((rs, context) -> entry(rs, 8, recipients.getOrDefault(rs.getLong(1), List.of())))
        .forEach(entry -> found.put(entry.id().value(), entry));
    return recipients.keySet().stream().flatMap(id -> Stream.ofNullable(found.get(id))).toList();
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
          boolean waits = rs.getString(1).equals(State.WAITING.name());
          entries += waits ? rs.getInt(2) : 0;
          underWay += waits ? 0 : rs.getInt(2);
        }
      }
    }
    return new DeliveryQueue.Started(entries, underWay);
  }

  static OptionalLong nextDue(Connection connection) throws SQLException {
    OptionalLong next = OptionalLong.empty();
    try (PreparedStatement query = connection.prepareStatement(NEXT_DUE)) {
      for (State state : List.of(State.WAITING, State.LEASED)) {
        for (int priority : priorities(connection, state)) {
          query.setString(1, state.name());
          query.setInt(2, priority);
          try (ResultSet rs = query.executeQuery()) {
            if (rs.next()) {
              next = OptionalLong.of(Math.min(next.orElse(Long.MAX_VALUE), rs.getLong(1)));
            }
          }
        }
      }
    }
    return next;
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
    return entry(rs, 19, List.of(recipient(rs, rs.getInt(8), 9)));
  }

  /**
   * @param account the column of the account
   */
  private static DeliveryQueue.Entry entry(
      ResultSet rs, int account, List<DeliveryQueue.Recipient> recipients) throws SQLException {
    long by = rs.getLong(account);
    Optional<AccountId> handedInBy =
        rs.wasNull() ? Optional.empty() : Optional.of(new AccountId(by));
    return new DeliveryQueue.Entry(
        new QueueEntryId(rs.getLong(1)),
        new ContentId(rs.getLong(2)),
        rs.getString(3),
        rs.getString(4),
        rs.getLong(5),
        rs.getLong(6),
        rs.getString(7),
        handedInBy,
        recipients);
  }

  /**
   * @param first the column of the address
   */
  private static DeliveryQueue.Recipient recipient(ResultSet rs, int number, int first)
      throws SQLException {
    return new DeliveryQueue.Recipient(
        number,
        rs.getString(first),
        rs.getString(first + 1),
        rs.getString(first + 2),
        State.valueOf(rs.getString(first + 3)),
        rs.getInt(first + 4),
        rs.getLong(first + 5),
        rs.getString(first + 6),
        rs.getBoolean(first + 7),
        rs.getString(first + 8),
        rs.getString(first + 9));
  }
}
