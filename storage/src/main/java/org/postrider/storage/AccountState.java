package org.postrider.storage;

import static org.postrider.storage.StorageException.Reason.NOT_FOUND;
import static org.postrider.storage.StorageException.Reason.OVER_QUOTA;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/** An account's quota and UIDVALIDITY within a transaction. */
final class AccountState {
  private static final String SELECT =
      "SELECT quota_bytes, quota_messages, used_bytes, used_messages, last_uidvalidity FROM account"
          + " WHERE id = ? AND removed_at IS NULL";
  private static final String UPDATE =
      "UPDATE account SET used_bytes = ?, used_messages = ?, last_uidvalidity = ? WHERE id = ?";

  private final Transaction transaction;
  private final AccountId id;
  private final long bytesMax;
  private final long messagesMax;
  private long bytes;
  private long messages;
  private long lastUidValidity;
  private boolean dirty;

  private AccountState(Transaction transaction, AccountId id, ResultSet rs) throws SQLException {
    this.transaction = transaction;
    this.id = id;
    this.bytesMax = rs.getLong(1);
    this.messagesMax = rs.getLong(2);
    this.bytes = rs.getLong(3);
    this.messages = rs.getLong(4);
    this.lastUidValidity = rs.getLong(5);
  }

  static AccountState load(Transaction transaction, AccountId id) throws SQLException {
    PreparedStatement query = transaction.query(SELECT + transaction.dialect().forUpdate());
    query.setLong(1, id.value());
    try (ResultSet rs = query.executeQuery()) {
      if (!rs.next()) {
        throw new StorageException(NOT_FOUND, "There is no such account");
      }
      return new AccountState(transaction, id, rs);
    }
  }

  /**
   * @throws StorageException OVER_QUOTA
   */
  void requireRoom(long moreBytes, long moreMessages) {
    if ((bytesMax != 0 && bytes + moreBytes > bytesMax)
        || (messagesMax != 0 && messages + moreMessages > messagesMax)) {
      throw new StorageException(OVER_QUOTA, "The mailbox quota of the account is used up");
    }
  }

  /** Adds to what is used, or takes away. */
  void use(long moreBytes, long moreMessages) {
    changing();
    bytes += moreBytes;
    messages += moreMessages;
  }

  /** A UIDVALIDITY that no mailbox of the account ever had. */
  long nextUidValidity(long nowMillis) {
    changing();
    lastUidValidity = Math.max(lastUidValidity + 1, nowMillis / 1000);
    return lastUidValidity;
  }

  private void changing() {
    transaction.changing();
    transaction.changed(id);
    dirty = true;
  }

  void writeBack(Transaction tx) throws SQLException {
    if (!dirty) {
      return;
    }
    PreparedStatement update = tx.writeBack(UPDATE);
    update.setLong(1, bytes);
    update.setLong(2, messages);
    update.setLong(3, lastUidValidity);
    update.setLong(4, id.value());
    update.addBatch();
    dirty = false;
  }
}
