package org.postrider.storage;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * The tables mailbox, mailbox_state (whose changes are {@link MailboxState}'s) and subscription.
 */
final class MailboxRows {
  private static final String NUMBERS =
      "b.id, b.account, b.name, b.special_use, b.uidvalidity, s.uidnext, s.modseq, s.messages,"
          + " s.unseen, s.deleted, s.size";
  private static final String FROM = " FROM mailbox b JOIN mailbox_state s ON s.mailbox = b.id";
  private static final String COLUMNS = NUMBERS + FROM;
  private static final String BY_ID =
      "SELECT " + COLUMNS + " WHERE b.id = ? AND b.deleted_at IS NULL";
  private static final String BY_NAME =
      "SELECT " + COLUMNS + " WHERE b.account = ? AND b.live_name = ?";
  private static final String OF_ACCOUNT =
      "SELECT " + COLUMNS + " WHERE b.account = ? AND b.live_name IS NOT NULL";
  private static final String INSERT =
      "INSERT INTO mailbox (id, account, name, live_name, special_use, uidvalidity, created)"
          + " VALUES (?, ?, ?, ?, ?, ?, ?)";
  private static final String INSERT_STATE =
      "INSERT INTO mailbox_state (mailbox, uidnext, modseq, messages, unseen, deleted, size)"
          + " VALUES (?, 1, 1, 0, 0, 0, 0)";
  private static final String RENAME = "UPDATE mailbox SET name = ?, live_name = ? WHERE id = ?";
  private static final String DELETE =
      "UPDATE mailbox SET live_name = NULL, deleted_at = ? WHERE id = ?";
  private static final String DELETE_OF_ACCOUNT =
      "UPDATE mailbox SET live_name = NULL, deleted_at = ? WHERE account = ? AND deleted_at IS"
          + " NULL";
  private static final String DELETED =
      "SELECT "
          + NUMBERS
          + ", b.deleted_at"
          + FROM
          + " WHERE b.account = ? AND b.deleted_at > ? ORDER BY b.deleted_at DESC, b.id DESC";
  private static final String RESTORE =
      "UPDATE mailbox SET name = ?, live_name = ?, special_use = ?, uidvalidity = ?, deleted_at ="
          + " NULL WHERE id = ?";
  private static final String RESTORE_OF_ACCOUNT =
      "UPDATE mailbox SET live_name = name, deleted_at = NULL WHERE account = ? AND deleted_at = ?";
  private static final String UIDVALIDITY_ABOVE =
      "SELECT COUNT(*) FROM mailbox WHERE account = ? AND name = ? AND uidvalidity > ?";
  private static final String SUBSCRIPTIONS = "SELECT name FROM subscription WHERE account = ?";
  private static final String SUBSCRIBE = "INSERT INTO subscription (account, name) VALUES (?, ?)";
  private static final String UNSUBSCRIBE =
      "DELETE FROM subscription WHERE account = ? AND name = ?";

  /** INBOX first, then by name. */
  private static final Comparator<Mailbox> BY_LISTING =
      Comparator.comparing((Mailbox m) -> !m.name().equals(Mailboxes.INBOX))
          .thenComparing(Mailbox::name);

  private MailboxRows() {}

  private static Mailbox mailbox(ResultSet rs) throws SQLException {
    String specialUse = rs.getString(4);
    return new Mailbox(
        new MailboxId(rs.getLong(1)),
        new AccountId(rs.getLong(2)),
        rs.getString(3),
        specialUse == null ? null : SpecialUse.valueOf(specialUse),
        rs.getLong(5),
        rs.getLong(6),
        rs.getLong(7),
        rs.getLong(8),
        rs.getLong(9),
        rs.getLong(10),
        rs.getLong(11));
  }

  /**
   * The live mailbox.
   *
   * @throws StorageException NOT_FOUND
   */
  static Mailbox require(Connection connection, MailboxId id) throws SQLException {
    return find(connection, id).orElseThrow(Mailboxes::gone);
  }

  static Optional<Mailbox> find(Connection connection, MailboxId id) throws SQLException {
    try (PreparedStatement query = connection.prepareStatement(BY_ID)) {
      query.setLong(1, id.value());
      try (ResultSet rs = query.executeQuery()) {
        return rs.next() ? Optional.of(mailbox(rs)) : Optional.empty();
      }
    }
  }

  static Optional<Mailbox> find(Connection connection, AccountId account, String name)
      throws SQLException {
    try (PreparedStatement query = connection.prepareStatement(BY_NAME)) {
      query.setLong(1, account.value());
      query.setString(2, name);
      try (ResultSet rs = query.executeQuery()) {
        return rs.next() ? Optional.of(mailbox(rs)) : Optional.empty();
      }
    }
  }

  static List<Mailbox> list(Handle handle, AccountId account) {
    return handle.select(OF_ACCOUNT, account.value()).map((rs, context) -> mailbox(rs)).stream()
        .sorted(BY_LISTING)
        .toList();
  }

  /** Inserts an empty mailbox; to be called in a settled transaction. */
  static void insert(
      Transaction tx,
      long id,
      AccountId account,
      String name,
      @Nullable SpecialUse specialUse,
      long uidValidity,
      long now) {
    tx.execute(
        INSERT,
        id,
        account.value(),
        name,
        name,
        specialUse == null ? null : specialUse.name(),
        uidValidity,
        now);
    tx.execute(INSERT_STATE, id);
    tx.changed(account);
  }

  static void rename(Transaction tx, Mailbox mailbox, String name) {
    tx.execute(RENAME, name, name, mailbox.id().value());
    tx.changed(mailbox.id());
    tx.changed(mailbox.account());
  }

  static void delete(Transaction tx, Mailbox mailbox, long now) {
    tx.execute(DELETE, now, mailbox.id().value());
    tx.changed(mailbox.id());
    tx.changed(mailbox.account());
  }

  static void deleteAll(Transaction tx, AccountId account, long now) {
    list(tx.handle(), account).forEach(mailbox -> tx.changed(mailbox.id()));
    tx.execute(DELETE_OF_ACCOUNT, now, account.value());
  }

  /** The mailboxes of the account that were deleted after that time, the last one first. */
  static List<Undelete.DeletedMailbox> deleted(Handle handle, AccountId account, long after) {
    return handle
        .select(DELETED, account.value(), after)
        .map((rs, context) -> new Undelete.DeletedMailbox(mailbox(rs), rs.getLong(12)))
        .list();
  }

  /** Whether another mailbox of that name, deleted or not, has a greater UIDVALIDITY. */
  static boolean hadUidValidityAbove(Handle handle, Mailbox mailbox, String name) {
    return handle
            .select(UIDVALIDITY_ABOVE, mailbox.account().value(), name, mailbox.uidValidity())
            .map((rs, context) -> rs.getLong(1))
            .one()
        > 0;
  }

  static void restore(
      Transaction tx,
      Mailbox mailbox,
      String name,
      @Nullable SpecialUse specialUse,
      long uidValidity) {
    tx.execute(
        RESTORE,
        name,
        name,
        specialUse == null ? null : specialUse.name(),
        uidValidity,
        mailbox.id().value());
    tx.changed(mailbox.account());
  }

  /** Restores the mailboxes of the account that were deleted at that very time. */
  static void restoreAll(Transaction tx, AccountId account, long deletedAt) {
    tx.execute(RESTORE_OF_ACCOUNT, account.value(), deletedAt);
  }

  static List<String> subscriptions(Handle handle, AccountId account) {
    return handle
        .select(SUBSCRIPTIONS, account.value())
        .map((rs, context) -> rs.getString(1))
        .list();
  }

  static void subscribe(Transaction tx, AccountId account, String name) {
    tx.execute(SUBSCRIBE, account.value(), name);
    tx.changed(account);
  }

  static void unsubscribe(Transaction tx, AccountId account, String name) {
    tx.execute(UNSUBSCRIBE, account.value(), name);
    tx.changed(account);
  }
}
