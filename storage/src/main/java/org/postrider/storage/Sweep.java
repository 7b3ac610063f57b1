package org.postrider.storage;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;
import java.util.function.Predicate;

/**
 * Lets go what is past its retention, a few rows at a time, each step one job of the writer. What
 * is to go is looked up without the writer and looked at again in the job.
 */
final class Sweep {
  /**
   * A stage of another process or of one that was killed: nobody takes longer for one message.
   * Those of this process are known and are left alone.
   */
  private static final Duration STAGE_AGE = Duration.ofHours(1);

  /** Rows of one job: a delivery that comes meanwhile waits for no more than these. */
  private static final int JOB_ROWS = 20;

  private static final String HELD =
      "SELECT id FROM expunged WHERE held_since <= ? ORDER BY held_since LIMIT ?";
  private static final String HELD_OF_MAILBOX =
      "SELECT id FROM expunged WHERE id BETWEEN ? AND ? ORDER BY id LIMIT ?";
  private static final String HELD_CONTENT = "SELECT content FROM expunged WHERE id = ?";
  private static final String DELETE_EXPUNGED = "DELETE FROM expunged WHERE id = ?";
  private static final String DELETED_MAILBOXES =
      "SELECT id FROM mailbox WHERE deleted_at <= ? ORDER BY deleted_at LIMIT ?";
  private static final String IS_PAST = "SELECT id FROM mailbox WHERE id = ? AND deleted_at <= ?";
  private static final String REMOVED_ACCOUNTS =
      "SELECT id FROM account WHERE removed_at <= ? AND NOT EXISTS (SELECT 1 FROM mailbox WHERE"
          + " mailbox.account = account.id) LIMIT ?";

  private static final String AUDIT =
      "SELECT id FROM (SELECT id, at FROM audit ORDER BY id LIMIT ?) WHERE at <= ? ORDER BY id";
  private static final String QUEUE_EVENTS =
      "SELECT id FROM queue_event e WHERE id < ? AND at <= ? AND NOT EXISTS (SELECT 1 FROM"
          + " queue_entry q WHERE q.id = e.entry) ORDER BY id LIMIT ?";
  private static final String UNREFERENCED =
      "SELECT content, since FROM unreferenced WHERE content > ? ORDER BY content LIMIT ?";

  /** Rows of unreferenced that are read at once. */
  private static final int SCAN_ROWS = 1000;

  /** When those are tried again that were old enough, but held. */
  private static final Duration AGAIN = Duration.ofMinutes(1);

  private final Database database;
  private final Writer writer;
  private final Predicate<Long> held;
  private final LongConsumer swept;
  private final Duration retention;
  private final Duration auditRetention;
  private final Clock clock;

  /** Up to which content the table unreferenced was looked through, 0 at its start. */
  private long scanned;

  /** The least time that the next row of it may go at, of those passed; epoch milliseconds. */
  private long nextDue = Long.MAX_VALUE;

  /** No row of it may go before, epoch milliseconds. */
  private long due;

  /**
   * @param held whether somebody is about to refer to the content
   * @param swept hears which contents went
   * @param auditRetention of the audit log, and of the history of the queue
   */
  Sweep(
      Database database,
      Writer writer,
      Predicate<Long> held,
      LongConsumer swept,
      Duration retention,
      Duration auditRetention,
      Clock clock) {
    this.database = database;
    this.writer = writer;
    this.held = held;
    this.swept = swept;
    this.retention = retention;
    this.auditRetention = auditRetention;
    this.clock = clock;
  }

  synchronized long run(int batch) {
    long cutoff = clock.millis() - retention.toMillis();
    long rows = releaseExpunged(cutoff, batch);
    for (long mailbox : ids(DELETED_MAILBOXES, cutoff, 1)) {
      rows += emptyMailbox(new MailboxId(mailbox), cutoff, batch);
    }
    for (long account : ids(REMOVED_ACCOUNTS, cutoff, batch)) {
      rows += deleteAccount(account, cutoff);
    }
    rows += deleteUnreferenced(batch);
    // Last, since to find the first row to delete of the queue's history takes some reads.
    return rows > 0 ? rows : deleteLogs(clock.millis() - auditRetention.toMillis(), batch);
  }

  /** The history of what is in the queue stays until it is out. */
  private long deleteLogs(long cutoff, int batch) {
    List<Long> audit = ids(AUDIT, batch, cutoff);
    delete("DELETE FROM audit WHERE id = ?", audit);
    long after = database.read(connection -> AuditRows.after(connection, "queue_event", cutoff));
    List<Long> events = ids(QUEUE_EVENTS, after, cutoff, batch);
    delete("DELETE FROM queue_event WHERE id = ?", events);
    return (long) audit.size() + events.size();
  }

  private void delete(String sql, List<Long> ids) {
    for (List<Long> some : jobs(ids, JOB_ROWS)) {
      writer.submit(
          0,
          tx -> {
            execute(tx, sql, some);
            return true;
          });
    }
  }

  private List<Long> ids(String sql, long... arguments) {
    return database.read(connection -> {
      try (PreparedStatement query = connection.prepareStatement(sql)) {
        for (int i = 0; i < arguments.length; i++) {
          query.setLong(i + 1, arguments[i]);
        }
        List<Long> ids = new ArrayList<>();
        try (ResultSet rs = query.executeQuery()) {
          while (rs.next()) {
            ids.add(rs.getLong(1));
          }
        }
        return ids;
      }
    });
  }

  private static List<List<Long>> jobs(List<Long> ids, int rows) {
    List<List<Long>> jobs = new ArrayList<>();
    for (int i = 0; i < ids.size(); i += rows) {
      jobs.add(ids.subList(i, Math.min(ids.size(), i + rows)));
    }
    return jobs;
  }

  private long releaseExpunged(long cutoff, int batch) {
    List<Long> ids = ids(HELD, cutoff, batch);
    for (List<Long> some : jobs(ids, JOB_ROWS)) {
      writer.submit(
          0,
          tx -> {
            tx.flush();
            release(tx, some);
            HeldRows.letGo(tx, some);
            return true;
          });
    }
    return ids.size();
  }

  /** Releases the contents that those tombstones hold. */
  private void release(Transaction tx, List<Long> expunged) throws SQLException {
    Map<Long, Long> references = new HashMap<>();
    PreparedStatement query = tx.query(HELD_CONTENT);
    for (long id : expunged) {
      query.setLong(1, id);
      try (ResultSet rs = query.executeQuery()) {
        if (rs.next() && rs.getLong(1) != 0) {
          references.merge(rs.getLong(1), 1L, Long::sum);
        }
      }
    }
    ContentRows.release(tx, references, clock.millis());
  }

  private static void execute(Transaction tx, String sql, List<Long> ids) throws SQLException {
    PreparedStatement update = tx.update(sql);
    for (long id : ids) {
      update.setLong(1, id);
      update.addBatch();
    }
    update.executeBatch();
  }

  private long emptyMailbox(MailboxId mailbox, long cutoff, int batch) {
    long rows = 0;
    long step;
    do {
      step = emptySome(mailbox, cutoff, Math.min(batch, JOB_ROWS));
      rows += step;
    } while (step > 0 && rows < batch);
    return rows;
  }

  /** Takes some rows of a deleted mailbox away, and the mailbox when none are left. */
  private long emptySome(MailboxId mailbox, long cutoff, int batch) {
    long first = MessageRows.id(mailbox, 0);
    long last = MessageRows.id(mailbox, 0xFFFF_FFFFL);
    List<Long> tombstones = ids(HELD_OF_MAILBOX, first, last, batch);
    return writer.submit(
        0,
        tx -> {
          tx.flush();
          if (tx.handle()
              .select(IS_PAST, mailbox.value(), cutoff)
              .mapTo(Long.class)
              .list()
              .isEmpty()) {
            return 0L; // it was restored meanwhile
          }
          List<MessageRow> messages =
              MessageRows.byRange(tx.connection(), mailbox, 0, Long.MAX_VALUE, batch);
          Map<Long, Long> references = new HashMap<>();
          messages.forEach(row -> references.merge(row.content(), 1L, Long::sum));
          ContentRows.release(tx, references, clock.millis());
          MessageRows.delete(tx, mailbox, messages);
          release(tx, tombstones);
          execute(tx, DELETE_EXPUNGED, tombstones);
          long rows = (long) messages.size() + tombstones.size();
          if (messages.size() < batch && tombstones.size() < batch) {
            tx.execute("DELETE FROM keyword WHERE mailbox = ?", mailbox.value());
            tx.execute("DELETE FROM annotation WHERE mailbox = ?", mailbox.value());
            tx.execute("DELETE FROM mailbox_state WHERE mailbox = ?", mailbox.value());
            rows += tx.execute("DELETE FROM mailbox WHERE id = ?", mailbox.value());
          }
          return rows;
        });
  }

  private long deleteAccount(long account, long cutoff) {
    return writer.submit(
        0,
        tx -> {
          tx.settle();
          if (tx.execute("DELETE FROM account WHERE id = ? AND removed_at <= ?", account, cutoff)
              == 0) {
            return 0L; // it was restored meanwhile
          }
          tx.execute("DELETE FROM subscription WHERE account = ?", account);
          tx.execute("DELETE FROM annotation WHERE account = ?", account);
          tx.execute("DELETE FROM script WHERE account = ?", account);
          return 1L;
        });
  }

  private long deleteUnreferenced(int batch) {
    long rows = 0;
    for (List<Long> some : jobs(unreferenced(batch), JOB_ROWS)) {
      rows +=
          writer.submit(
              0,
              tx -> {
                long deleted = 0;
                for (long content : some) {
                  if (!held.test(content)) { // it may be since it was found
                    deleted += ContentRows.deleteUnreferenced(tx, content);
                  }
                }
                return deleted;
              });
      some.forEach(swept::accept);
    }
    return rows;
  }

  /**
   * The next contents that nothing has referred to for long enough. The table has no index by time,
   * which every delivery would pay for: it is gone through in turn, and again when the first of the
   * rows that were too young is due.
   */
  private List<Long> unreferenced(int batch) {
    long now = clock.millis();
    List<Long> found = new ArrayList<>();
    while (now >= due && found.size() < batch) {
      int rows = 0;
      for (long[] row : database.read(this::scan)) {
        rows++;
        scanned = row[0];
        long dueAt = row[1] + STAGE_AGE.toMillis();
        if (dueAt > now) {
          nextDue = Math.min(nextDue, dueAt);
        } else if (held.test(row[0])) {
          nextDue = Math.min(nextDue, now + AGAIN.toMillis());
        } else {
          found.add(row[0]);
        }
        if (found.size() == batch) {
          return found;
        }
      }
      if (rows < SCAN_ROWS) {
        due = Math.min(nextDue, now + STAGE_AGE.toMillis());
        nextDue = Long.MAX_VALUE;
        scanned = 0;
      }
    }
    return found;
  }

  private List<long[]> scan(Connection connection) throws SQLException {
    try (PreparedStatement query = connection.prepareStatement(UNREFERENCED)) {
      query.setLong(1, scanned);
      query.setInt(2, SCAN_ROWS);
      List<long[]> rows = new ArrayList<>();
      try (ResultSet rs = query.executeQuery()) {
        while (rs.next()) {
          rows.add(new long[] {rs.getLong(1), rs.getLong(2)});
        }
      }
      return rows;
    }
  }
}
