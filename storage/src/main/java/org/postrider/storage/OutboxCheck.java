package org.postrider.storage;

import static org.postrider.storage.StorageException.Reason.DAMAGED;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** Checks that the Outboxes show what is in the queue, and nothing else. */
final class OutboxCheck {
  /** Violations of each kind that are looked for at once. */
  private static final int FOUND_MAX = 1_000;

  private static final String OF_NOTHING =
      "SELECT o.entry, o.message FROM outbox o WHERE NOT EXISTS (SELECT 1 FROM queue_entry q WHERE"
          + " q.id = o.entry) OR NOT EXISTS (SELECT 1 FROM message m WHERE m.id = o.message) LIMIT "
          + FOUND_MAX;
  private static final String FREE =
      "DELETE FROM outbox o WHERE o.entry = ? AND (NOT EXISTS (SELECT 1 FROM queue_entry q WHERE"
          + " q.id = o.entry) OR NOT EXISTS (SELECT 1 FROM message m WHERE m.id = o.message))";
  private static final String SENT =
      "SELECT m.id FROM mailbox b JOIN message m ON m.mailbox = b.id WHERE b.special_use = '"
          + SpecialUse.SCHEDULED
          + "' AND b.live_name IS NOT NULL AND NOT EXISTS (SELECT 1 FROM outbox o WHERE o.message ="
          + " m.id) LIMIT "
          + FOUND_MAX;
  private static final String IS_TIED = "SELECT entry FROM outbox WHERE message = ? LIMIT 1";

  private final CheckRun run;

  OutboxCheck(CheckRun run) {
    this.run = run;
  }

  void check() {
    try {
      for (long[] tie : find(OF_NOTHING, 2)) {
        run.found(
            "message in an Outbox without its queue entry, or the reverse",
            run.whereabouts().message(tie[1]) + ", queue entry " + tie[0],
            tx -> {
              tx.execute(FREE, tie[0]);
              return "they are apart now";
            });
      }
      for (long[] copy : find(SENT, 1)) {
        run.found(
            "message in an Outbox that is not in the queue",
            run.whereabouts().message(copy[0]),
            tx -> remove(tx, copy[0]));
      }
    } catch (StorageException e) {
      if (e.reason() != DAMAGED) {
        throw e; // else the check of the rows says where
      }
    }
  }

  private List<long[]> find(String sql, int columns) {
    return run.database()
        .read(connection -> {
          List<long[]> found = new ArrayList<>();
          try (PreparedStatement query = connection.prepareStatement(sql);
              ResultSet rs = query.executeQuery()) {
            while (rs.next()) {
              long[] row = new long[columns];
              for (int i = 0; i < columns; i++) {
                row[i] = rs.getLong(i + 1);
              }
              found.add(row);
            }
          }
          return found;
        });
  }

  private String remove(Transaction tx, long message) throws SQLException {
    PreparedStatement query = tx.query(IS_TIED);
    query.setLong(1, message);
    try (ResultSet rs = query.executeQuery()) {
      if (rs.next()) {
        return "it is in the queue by now";
      }
    }
    MailboxState mailbox = tx.mailbox(new MailboxId(message >>> 32));
    Outbox.remove(tx, mailbox, new long[] {message & 0xFFFF_FFFFL}, run.store().clock().millis());
    return "removed";
  }
}
