package org.postrider.storage;

import static org.postrider.storage.StorageException.Reason.DAMAGED;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Counts the messages of each mailbox again, one mailbox in one moment. */
final class CounterCheck {
  private static final int PAGE = 1_000;
  private static final String MAILBOXES =
      "SELECT id FROM mailbox WHERE id > ? AND deleted_at IS NULL ORDER BY id LIMIT " + PAGE;
  private static final String STATE =
      "SELECT messages, unseen, deleted, size FROM mailbox_state WHERE mailbox = ?";
  private static final String COUNT =
      "SELECT COUNT(*), COALESCE(SUM(CASE WHEN BITAND(flags, "
          + SystemFlag.SEEN.bit()
          + ") = 0 THEN 1 ELSE 0 END), 0), COALESCE(SUM(CASE WHEN BITAND(flags, "
          + SystemFlag.DELETED.bit()
          + ") <> 0 THEN 1 ELSE 0 END), 0), COALESCE(SUM(size), 0) FROM message WHERE id BETWEEN ?"
          + " AND ?";

  private final CheckRun run;

  CounterCheck(CheckRun run) {
    this.run = run;
  }

  void check(long total) {
    long done = 0;
    long after = 0;
    while (true) {
      long from = after;
      List<Long> page = run.database().read(connection -> mailboxes(connection, from));
      for (long mailbox : page) {
        check(new MailboxId(mailbox));
        if (++done % 100 == 0) {
          run.listener().progress("folders", done, total);
        }
      }
      if (page.size() < PAGE) {
        return;
      }
      after = page.getLast();
    }
  }

  private static List<Long> mailboxes(Connection connection, long after) throws SQLException {
    List<Long> ids = new ArrayList<>();
    try (PreparedStatement query = connection.prepareStatement(MAILBOXES)) {
      query.setLong(1, after);
      try (ResultSet rs = query.executeQuery()) {
        while (rs.next()) {
          ids.add(rs.getLong(1));
        }
      }
    }
    return ids;
  }

  private void check(MailboxId mailbox) {
    long[] off = new long[0];
    try {
      off = run.database().readOneMoment(connection -> off(connection, mailbox));
    } catch (StorageException e) {
      if (e.reason() != DAMAGED) {
        throw e; // else the check of the rows said so
      }
    }
    long[] difference = off;
    for (String table : List.of("message", "expunged")) {
      checkIndex(mailbox, table);
    }
    if (off.length > 0) {
      run.found(
          "mailbox counters",
          run.whereabouts().mailbox(mailbox.value()) + " is off by " + Arrays.toString(off),
          tx -> {
            // What it is off by stays so, whatever was counted since.
            tx.execute(
                "UPDATE mailbox_state SET messages = messages + ?, unseen = unseen + ?, deleted ="
                    + " deleted + ?, size = size + ? WHERE mailbox = ?",
                difference[0],
                difference[1],
                difference[2],
                difference[3],
                mailbox.value());
            tx.changed(mailbox);
            return "counted again";
          });
    }
  }

  /** Whether the index that tells sessions what changed is whole. */
  private void checkIndex(MailboxId mailbox, String table) {
    try {
      boolean same =
          run.database()
              .readOneMoment(connection ->
                  Arrays.equals(
                      numbers(
                          connection,
                          "SELECT COUNT(*), 0, 0, 0 FROM " + table + " WHERE id BETWEEN ? AND ?",
                          MessageRows.id(mailbox, 0),
                          MessageRows.id(mailbox, 0xFFFF_FFFFL)),
                      numbers(
                          connection,
                          // through the index of changes, which has an entry for each row
                          "SELECT COUNT(*), 0, 0, 0 FROM "
                              + table
                              + " WHERE mailbox = ? AND modseq >= 0",
                          mailbox.value())));
      if (!same) {
        run.found(
            "index of changes has other rows than its table",
            run.whereabouts().mailbox(mailbox.value()) + ", table " + table);
      }
    } catch (StorageException e) {
      if (e.reason() != DAMAGED) {
        throw e;
      }
      run.found(
          "rows or index of changes cannot be read",
          run.whereabouts().mailbox(mailbox.value()) + ", table " + table);
    }
  }

  /** By how much messages, unseen, deleted and size are too small; empty when they are right. */
  private static long[] off(Connection connection, MailboxId mailbox) throws SQLException {
    long[] counted =
        numbers(
            connection, COUNT, MessageRows.id(mailbox, 0), MessageRows.id(mailbox, 0xFFFF_FFFFL));
    long[] state = numbers(connection, STATE, mailbox.value());
    if (state.length == 0 || Arrays.equals(counted, state)) {
      return new long[0]; // without a state it was swept meanwhile, or a rule said so
    }
    for (int i = 0; i < counted.length; i++) {
      counted[i] -= state[i];
    }
    return counted;
  }

  private static long[] numbers(Connection connection, String sql, long... arguments)
      throws SQLException {
    try (PreparedStatement query = connection.prepareStatement(sql)) {
      for (int i = 0; i < arguments.length; i++) {
        query.setLong(i + 1, arguments[i]);
      }
      try (ResultSet rs = query.executeQuery()) {
        return rs.next()
            ? new long[] {rs.getLong(1), rs.getLong(2), rs.getLong(3), rs.getLong(4)}
            : new long[0];
      }
    }
  }
}
