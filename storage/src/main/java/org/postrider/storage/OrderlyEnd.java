package org.postrider.storage;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Knows whether the store was closed in order when it was last open. H2 shows a commit to readers
 * for the moment before it is durable. So a client may have seen a UID, a MODSEQ or a UIDVALIDITY
 * of a commit that was never acknowledged and is gone after a loss of power; given out again, it
 * would stand for something else (RFC 9051 §2.3.1.1). After an end without order all of them
 * therefore leap ahead of what anybody can have seen.
 */
final class OrderlyEnd {
  private static final Logger log = LoggerFactory.getLogger(OrderlyEnd.class);

  /**
   * More than one batch of the writer gives out, also with a COPY of a million messages in it; the
   * UIDs of a mailbox last for 4,096 leaps.
   */
  private static final long LEAP = 1 << 20;

  private OrderlyEnd() {}

  /** To be called when the store is open, before it is used; durable when it returns. */
  static void begin(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      boolean orderly;
      try (ResultSet rs = statement.executeQuery("SELECT orderly FROM store_end")) {
        orderly = rs.next() && rs.getBoolean(1);
      }
      if (!orderly) {
        log.info("the store was not closed in order");
        statement.executeUpdate(
            "UPDATE mailbox_state SET uidnext = LEAST(uidnext + "
                + LEAP
                + ", 4294967296), modseq = modseq + "
                + LEAP);
        statement.executeUpdate(
            "UPDATE account SET last_uidvalidity = LEAST(last_uidvalidity + 1000, 4294967295)");
      }
      statement.executeUpdate("UPDATE store_end SET orderly = FALSE");
      connection.commit();
    }
  }

  /** Sets the numbers of a new mailbox well above those that it had at some time. */
  static void leap(Transaction tx, MailboxId mailbox, long uidNext, long modSeq) {
    tx.execute(
        "UPDATE mailbox_state SET uidnext = LEAST(? + "
            + LEAP
            + ", 4294967296), modseq = ? + "
            + LEAP
            + " WHERE mailbox = ?",
        uidNext,
        modSeq,
        mailbox.value());
  }

  /** To be called when nothing will be changed any more. */
  static void end(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.executeUpdate("UPDATE store_end SET orderly = TRUE");
      connection.commit();
    }
  }
}
