package org.postrider.storage;

import static org.postrider.storage.StorageException.Reason.NOT_FOUND;
import static org.postrider.storage.StorageException.Reason.OVER_QUOTA;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/**
 * An account's quota, what it uses of it, and its last UIDVALIDITY, as the transaction leaves them.
 * Whoever changes what the mailboxes of an account hold loads its state before, and calls {@link
 * #use}.
 */
final class AccountState {
  private static final String SELECT =
      "SELECT quota_bytes, quota_messages, last_uidvalidity FROM account WHERE id = ? AND"
          + " removed_at IS NULL";
  private static final String UPDATE = "UPDATE account SET last_uidvalidity = ? WHERE id = ?";

  private final Transaction transaction;
  private final AccountId id;
  private final long bytesMax;
  private final long messagesMax;
  private long bytes;
  private long messages;
  private long lastUidValidity;
  private boolean dirty;

  private AccountState(Transaction transaction, AccountId id, ResultSet rs, AccountRows.Usage usage)
      throws SQLException {
    this.transaction = transaction;
    this.id = id;
    this.bytesMax = rs.getLong(1);
    this.messagesMax = rs.getLong(2);
    this.lastUidValidity = rs.getLong(3);
    this.bytes = usage.bytes();
    this.messages = usage.messages();
  }

  static AccountState load(Transaction transaction, AccountId id) throws SQLException {
    transaction.writeBackMailboxes();
    AccountRows.Usage usage = AccountRows.usage(transaction.query(AccountRows.USAGE), id);
    PreparedStatement query = transaction.query(SELECT + transaction.dialect().forUpdate());
    query.setLong(1, id.value());
    try (ResultSet rs = query.executeQuery()) {
      if (!rs.next()) {
        throw new StorageException(NOT_FOUND, "There is no such account");
      }
      return new AccountState(transaction, id, rs, usage);
    }
  }

  /**
   * @throws StorageException OVER_QUOTA
   */
  void requireRoom(long moreBytes, long moreMessages) {
    if (!hasRoom(moreBytes, moreMessages)) {
      throw new StorageException(OVER_QUOTA, "The mailbox quota of the account is used up");
    }
  }

  boolean hasRoom(long moreBytes, long moreMessages) {
    return (bytesMax == 0 || bytes + moreBytes <= bytesMax)
        && (messagesMax == 0 || messages + moreMessages <= messagesMax);
  }

  /** Adds to what is used, or takes away. */
  void use(long moreBytes, long moreMessages) {
    transaction.changing();
    transaction.changed(id);
    bytes += moreBytes;
    messages += moreMessages;
  }

  /** A UIDVALIDITY that no mailbox of the account ever had. */
  long nextUidValidity(long nowMillis) {
    transaction.changing();
    transaction.changed(id);
    lastUidValidity = Math.max(lastUidValidity + 1, nowMillis / 1000);
    if (!dirty) {
      dirty = true;
      transaction.dirty(this);
    }
    return lastUidValidity;
  }

  void writeBack() throws SQLException {
    PreparedStatement update = transaction.writeBack(UPDATE);
    update.setLong(1, lastUidValidity);
    update.setLong(2, id.value());
    update.addBatch();
    dirty = false;
  }
}
