package org.postrider.storage;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.function.Consumer;

/**
 * Reads a mailbox of which some pages are damaged: what can be read is there, the rest is as if it
 * were not. Slower than {@link Messages}, which turns to it only then.
 */
final class DamagedMailbox {
  private static final int PAGE = 1_000;

  private final Database database;
  private final MailboxId mailbox;

  DamagedMailbox(Database database, MailboxId mailbox) {
    this.database = database;
    this.mailbox = mailbox;
  }

  /** Hands over the rows with {@code from <= uid <= to} that can be read, by UID. */
  void rows(long from, long to, Consumer<MessageRow> each) {
    new IdScan(database, "message")
        .run(
            MessageRows.id(mailbox, from),
            MessageRows.id(mailbox, Math.min(to, 0xFFFF_FFFFL)),
            PAGE,
            (connection, first, last, limit) -> {
              List<MessageRow> page =
                  MessageRows.byRange(connection, mailbox, uid(first), uid(last), limit);
              page.forEach(each);
              return page.size() < limit ? last : MessageRows.id(mailbox, page.getLast().uid());
            },
            (first, last) -> {});
  }

  private static long uid(long id) {
    return id & 0xFFFF_FFFFL;
  }

  Messages.Snapshot snapshot() {
    // The state first: what comes later is told of as new.
    Mailbox state = database.read(connection -> MailboxRows.require(connection, mailbox));
    UidList uids = new UidList();
    long[] firstUnseen = {0};
    rows(
        1,
        state.uidNext() - 1,
        row -> {
          uids.add(row.uid());
          if (firstUnseen[0] == 0 && (row.flags() & SystemFlag.SEEN.bit()) == 0) {
            firstUnseen[0] = row.uid();
          }
        });
    List<String> keywords =
        database.read(connection -> KeywordSet.load(connection, mailbox)).names();
    return new Messages.Snapshot(state, uids.toArray(), firstUnseen[0], keywords);
  }

  /** The entries of rows, with their keywords. */
  List<MessageEntry> entries(List<MessageRow> rows) {
    FlagReader flags = new FlagReader(mailbox);
    database.read(connection -> {
      flags.prepare(connection, rows);
      return true;
    });
    return rows.stream().map(flags::entry).toList();
  }

  /** What changed, found without the index. */
  Messages.Changes changesSince(long modSeq) {
    Mailbox state = database.read(connection -> MailboxRows.require(connection, mailbox));
    UidList changed = new UidList();
    rows(
        1,
        state.uidNext() - 1,
        row -> {
          if (row.modSeq() > modSeq) {
            changed.add(row.uid());
          }
        });
    UidList vanished = new UidList();
    new IdScan(database, "expunged")
        .run(
            MessageRows.id(mailbox, 1),
            MessageRows.id(mailbox, state.uidNext() - 1),
            PAGE,
            (connection, first, last, limit) -> vanished(connection, first, last, modSeq, vanished),
            (first, last) -> {});
    return new Messages.Changes(
        state, state.highestModSeq(), changed.toArray(), vanished.toArray());
  }

  private static long vanished(
      Connection connection, long from, long to, long modSeq, UidList vanished)
      throws SQLException {
    try (var query =
        connection.prepareStatement(
            "SELECT id FROM expunged WHERE id BETWEEN ? AND ? AND modseq > ? ORDER BY id")) {
      query.setLong(1, from);
      query.setLong(2, Math.min(to, from + PAGE - 1));
      query.setLong(3, modSeq);
      try (var rs = query.executeQuery()) {
        while (rs.next()) {
          vanished.add(uid(rs.getLong(1)));
        }
      }
    }
    return Math.min(to, from + PAGE - 1);
  }
}
