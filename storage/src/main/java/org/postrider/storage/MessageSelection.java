package org.postrider.storage;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/**
 * The messages that a change is about, which may be a million: read by the page to check what may
 * refuse the change, and again to make it, unless they fit into one page. The transaction is the
 * only one that changes, so both readings see the same rows.
 */
final class MessageSelection {
  /** Rows in memory at once. */
  static final int PAGE = 5_000;

  /** Takes rows, by UID. What it inserts is flushed before the next page is read. */
  @FunctionalInterface
  interface Page {
    void rows(List<MessageRow> rows) throws SQLException;
  }

  private final Transaction tx;
  private final MailboxId mailbox;
  private final int flagsRequired;
  private final List<MessageRow> onlyPage = new ArrayList<>();
  private final BitSet keywords = new BitSet();
  private long[] uids;
  private long octets;

  private MessageSelection(Transaction tx, MailboxId mailbox, long[] uids, int flagsRequired) {
    this.tx = tx;
    this.mailbox = mailbox;
    this.uids = uids;
    this.flagsRequired = flagsRequired;
  }

  /**
   * Looks at those of the messages that are there and carry the flags.
   *
   * @param uids ascending
   * @param flagsRequired bits, 0 for any
   */
  static MessageSelection of(Transaction tx, MailboxId mailbox, long[] uids, int flagsRequired)
      throws SQLException {
    MessageSelection selection = new MessageSelection(tx, mailbox, uids, flagsRequired);
    boolean small = uids.length <= PAGE;
    UidList there = new UidList();
    selection.read(rows -> {
      rows.forEach(row -> selection.look(row, there));
      if (small) {
        selection.onlyPage.addAll(rows);
      }
    });
    selection.uids = there.toArray();
    return selection;
  }

  private void look(MessageRow row, UidList there) {
    there.add(row.uid());
    octets += row.size();
    if (row.keywords() != null) {
      keywords.or(BitSet.valueOf(row.keywords()));
    }
  }

  /** The UIDs of those that are there, ascending. */
  long[] uids() {
    return uids;
  }

  int count() {
    return uids.length;
  }

  boolean isEmpty() {
    return uids.length == 0;
  }

  /** Octets of all of them. */
  long octets() {
    return octets;
  }

  /** The names of the keywords that any of them has. */
  List<String> keywords() throws SQLException {
    return tx.keywords(mailbox).names(KeywordSet.toBytes(keywords));
  }

  /** Hands over the rows, by UID, some at a time. */
  void each(Page page) throws SQLException {
    if (onlyPage.isEmpty()) {
      read(page);
    } else {
      page.rows(onlyPage);
    }
  }

  private void read(Page page) throws SQLException {
    for (int i = 0; i < uids.length; i += PAGE) {
      long[] some = Arrays.copyOfRange(uids, i, Math.min(uids.length, i + PAGE));
      List<MessageRow> rows = new ArrayList<>(some.length);
      tx.flush();
      MessageRows.byUids(tx.connection(), mailbox, some, rows::add);
      if (flagsRequired != 0) {
        rows.removeIf(row -> (row.flags() & flagsRequired) != flagsRequired);
      }
      if (!rows.isEmpty()) {
        page.rows(rows);
      }
    }
  }
}
