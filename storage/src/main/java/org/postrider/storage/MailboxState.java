package org.postrider.storage;

import static org.postrider.storage.StorageException.Reason.CANNOT;
import static org.postrider.storage.StorageException.Reason.LIMIT;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * A live mailbox's numbers and counters, as the transaction leaves them. All messages that one job
 * adds or changes get the same MODSEQ.
 */
final class MailboxState {
  private static final long UID_MAX = 0xFFFF_FFFFL;
  private static final String COLUMNS =
      "b.id, b.account, b.uidvalidity, s.uidnext, s.modseq, s.messages, s.unseen, s.deleted,"
          + " s.size, b.special_use FROM mailbox b JOIN mailbox_state s ON s.mailbox = b.id";
  private static final String BY_ID =
      "SELECT " + COLUMNS + " WHERE b.id = ? AND b.deleted_at IS NULL";
  private static final String BY_NAME =
      "SELECT " + COLUMNS + " WHERE b.account = ? AND b.live_name = ?";
  private static final String UPDATE =
      "UPDATE mailbox_state SET uidnext = ?, modseq = ?, messages = ?, unseen = ?, deleted = ?,"
          + " size = ? WHERE mailbox = ?";

  private final Transaction transaction;
  private final MailboxId mailbox;
  private final AccountId account;
  private final long uidValidity;
  private final boolean outbox;
  private long uidNext;
  private long modSeq;
  private long messages;
  private long unseen;
  private long deleted;
  private long size;
  private boolean dirty;

  private MailboxState(Transaction transaction, ResultSet rs) throws SQLException {
    this.transaction = transaction;
    this.mailbox = new MailboxId(rs.getLong(1));
    this.account = new AccountId(rs.getLong(2));
    this.uidValidity = rs.getLong(3);
    this.uidNext = rs.getLong(4);
    this.modSeq = rs.getLong(5);
    this.messages = rs.getLong(6);
    this.unseen = rs.getLong(7);
    this.deleted = rs.getLong(8);
    this.size = rs.getLong(9);
    this.outbox = SpecialUse.SCHEDULED.name().equals(rs.getString(10));
  }

  static @Nullable MailboxState load(Transaction transaction, MailboxId id) throws SQLException {
    PreparedStatement query = transaction.query(BY_ID + transaction.dialect().forUpdate());
    query.setLong(1, id.value());
    return load(transaction, query);
  }

  static @Nullable MailboxState load(Transaction transaction, AccountId account, String name)
      throws SQLException {
    PreparedStatement query = transaction.query(BY_NAME + transaction.dialect().forUpdate());
    query.setLong(1, account.value());
    query.setString(2, name);
    return load(transaction, query);
  }

  private static @Nullable MailboxState load(Transaction transaction, PreparedStatement query)
      throws SQLException {
    try (ResultSet rs = query.executeQuery()) {
      return rs.next() ? new MailboxState(transaction, rs) : null;
    }
  }

  long id() {
    return mailbox.value();
  }

  MailboxId mailbox() {
    return mailbox;
  }

  AccountId account() {
    return account;
  }

  /** Whether it shows what its account has in the queue. */
  boolean isOutbox() {
    return outbox;
  }

  /**
   * @throws StorageException CANNOT for an Outbox, which nobody puts messages in
   */
  void requireOpenToAll() {
    if (outbox) {
      throw new StorageException(CANNOT, "The mailbox shows what is being sent, and nothing else");
    }
  }

  long uidValidity() {
    return uidValidity;
  }

  long size() {
    return size;
  }

  long messages() {
    return messages;
  }

  /**
   * @throws StorageException LIMIT when the UIDs are used up
   */
  void requireUids(long count) {
    if (!hasUids(count)) {
      throw new StorageException(
          LIMIT, "The mailbox has no UIDs left; move its messages to a new one");
    }
  }

  boolean hasUids(long count) {
    return uidNext + count - 1 <= UID_MAX;
  }

  long uidNext() {
    return uidNext;
  }

  long nextUid() {
    changing();
    return uidNext++;
  }

  /** A mod-sequence above all before. */
  long nextModSeq() {
    changing();
    return ++modSeq;
  }

  /** Counts a message that came, or (with {@code sign} -1) one that went. */
  void count(int flags, long octets, int sign) {
    changing();
    messages += sign;
    size += sign * octets;
    countFlags(flags, sign);
  }

  /** Counts the flags of a message that stays. */
  void countFlags(int flags, int sign) {
    changing();
    if ((flags & SystemFlag.SEEN.bit()) == 0) {
      unseen += sign;
    }
    if ((flags & SystemFlag.DELETED.bit()) != 0) {
      deleted += sign;
    }
  }

  private void changing() {
    transaction.changing();
    transaction.changed(mailbox);
    if (!dirty) {
      dirty = true;
      transaction.dirty(this);
    }
  }

  void writeBack() throws SQLException {
    PreparedStatement update = transaction.writeBack(UPDATE);
    update.setLong(1, uidNext);
    update.setLong(2, modSeq);
    update.setLong(3, messages);
    update.setLong(4, unseen);
    update.setLong(5, deleted);
    update.setLong(6, size);
    update.setLong(7, mailbox.value());
    update.addBatch();
    dirty = false;
  }
}
