package org.postrider.storage;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** The tables domain, account and address. */
final class AccountRows {
  private static final String SELECT =
      "SELECT a.id, a.login, a.credential, a.enabled, a.quota_bytes, a.quota_messages, a.created,"
          + " d.address, a.hold_seconds FROM account a JOIN address d ON d.account = a.id WHERE"
          + " a.removed_at IS NULL";
  private static final String ORDER = " ORDER BY a.login, a.id, d.no";
  private static final String BY_ADDRESS =
      "SELECT a.id, a.enabled FROM address d JOIN account a ON a.id = d.account WHERE d.address = ?"
          + " AND a.removed_at IS NULL";
  private static final String IS_DOMAIN = "SELECT name FROM domain WHERE name = ?";

  static final String USAGE =
      "SELECT COALESCE(SUM(s.size), 0), COALESCE(SUM(s.messages), 0) FROM mailbox b JOIN"
          + " mailbox_state s ON s.mailbox = b.id WHERE b.account = ? AND b.live_name IS NOT NULL";
  private static final String QUOTA =
      "SELECT quota_bytes, quota_messages FROM account WHERE id = ? AND removed_at IS NULL";
  private static final String REMOVED =
      "SELECT a.id, a.login, a.removed_at, COALESCE(SUM(s.messages), 0), COALESCE(SUM(s.size), 0)"
          + " FROM account a LEFT JOIN mailbox b ON b.account = a.id AND b.deleted_at ="
          + " a.removed_at LEFT JOIN mailbox_state s ON s.mailbox = b.id WHERE a.removed_at > ?"
          + " GROUP BY a.id, a.login, a.removed_at ORDER BY a.removed_at DESC, a.id DESC";

  private AccountRows() {}

  /** What the live mailboxes of an account hold. */
  record Usage(long bytes, long messages) {}

  static Usage usage(PreparedStatement usage, AccountId id) throws SQLException {
    usage.setLong(1, id.value());
    try (ResultSet rs = usage.executeQuery()) {
      rs.next();
      return new Usage(rs.getLong(1), rs.getLong(2));
    }
  }

  /** Who has an address. */
  record Owner(AccountId account, boolean enabled) {}

  static boolean isDomain(Connection connection, String domain) throws SQLException {
    try (PreparedStatement query = connection.prepareStatement(IS_DOMAIN)) {
      query.setString(1, domain);
      try (ResultSet rs = query.executeQuery()) {
        return rs.next();
      }
    }
  }

  static @Nullable Owner owner(Connection connection, String address) throws SQLException {
    try (PreparedStatement query = connection.prepareStatement(BY_ADDRESS)) {
      query.setString(1, address);
      try (ResultSet rs = query.executeQuery()) {
        return rs.next() ? new Owner(new AccountId(rs.getLong(1)), rs.getBoolean(2)) : null;
      }
    }
  }

  static List<String> domains(Handle handle) {
    return handle
        .select("SELECT name FROM domain ORDER BY name")
        .map((rs, context) -> rs.getString(1))
        .list();
  }

  static boolean isDomain(Handle handle, String domain) {
    return handle
        .select(IS_DOMAIN, domain)
        .map((rs, context) -> rs.getString(1))
        .findOne()
        .isPresent();
  }

  static void insertDomain(Transaction tx, String domain, long now) {
    tx.execute("INSERT INTO domain (name, created) VALUES (?, ?)", domain, now);
  }

  static void deleteDomain(Transaction tx, String domain) {
    tx.execute("DELETE FROM domain WHERE name = ?", domain);
  }

  /** How many addresses and aliases there are in a domain. */
  static long users(Handle handle, String domain) {
    String pattern = "%@" + domain;
    return handle
        .select(
            "SELECT (SELECT COUNT(*) FROM address WHERE address LIKE ?) + (SELECT COUNT(*) FROM"
                + " alias WHERE address LIKE ?)",
            pattern,
            pattern)
        .map((rs, context) -> rs.getLong(1))
        .one();
  }

  static void insert(
      Transaction tx, long id, String address, @Nullable String credential, long now) {
    tx.execute(
        "INSERT INTO account (id, login, credential, enabled, quota_bytes, quota_messages,"
            + " last_uidvalidity, created) VALUES (?, ?, ?, TRUE, 0, 0, 0, ?)",
        id,
        address,
        credential,
        now);
    tx.execute("INSERT INTO address (address, account, no) VALUES (?, ?, 0)", address, id);
  }

  static void setCredential(Transaction tx, AccountId id, @Nullable String credential) {
    tx.execute("UPDATE account SET credential = ? WHERE id = ?", credential, id.value());
  }

  static void setEnabled(Transaction tx, AccountId id, boolean enabled) {
    tx.execute("UPDATE account SET enabled = ? WHERE id = ?", enabled, id.value());
  }

  static void setQuota(Transaction tx, AccountId id, long bytes, long messages) {
    tx.execute(
        "UPDATE account SET quota_bytes = ?, quota_messages = ? WHERE id = ?",
        bytes,
        messages,
        id.value());
  }

  static void setHoldSeconds(Transaction tx, AccountId id, @Nullable Integer seconds) {
    tx.execute("UPDATE account SET hold_seconds = ? WHERE id = ?", seconds, id.value());
  }

  /** To be called in a settled transaction, when a mailbox comes that has a UIDVALIDITY already. */
  static void raiseUidValidity(Transaction tx, AccountId id, long uidValidity) {
    tx.execute(
        "UPDATE account SET last_uidvalidity = GREATEST(last_uidvalidity, ?) WHERE id = ?",
        uidValidity,
        id.value());
  }

  /** Marks the account as removed and frees its addresses. */
  static void remove(Transaction tx, AccountId id, long now) {
    tx.execute(
        "UPDATE account SET removed_at = ?, credential = NULL, enabled = FALSE WHERE id = ?",
        now,
        id.value());
    tx.execute("DELETE FROM address WHERE account = ?", id.value());
  }

  /** The accounts that were removed after that time, the last one first. */
  static List<Undelete.RemovedAccount> removed(Handle handle, long after) {
    return handle
        .select(REMOVED, after)
        .map((rs, context) ->
            new Undelete.RemovedAccount(
                new AccountId(rs.getLong(1)),
                rs.getString(2),
                rs.getLong(3),
                rs.getLong(4),
                rs.getLong(5)))
        .list();
  }

  /** Makes a removed account live again, with that one address and no credential. */
  static void restore(Transaction tx, AccountId id, String address) {
    tx.execute(
        "UPDATE account SET removed_at = NULL, enabled = TRUE, login = ? WHERE id = ?",
        address,
        id.value());
    tx.execute("INSERT INTO address (address, account, no) VALUES (?, ?, 0)", address, id.value());
  }

  static Optional<QuotaUsage> quota(Connection connection, AccountId id) throws SQLException {
    try (PreparedStatement quota = connection.prepareStatement(QUOTA);
        PreparedStatement usage = connection.prepareStatement(USAGE)) {
      quota.setLong(1, id.value());
      try (ResultSet rs = quota.executeQuery()) {
        if (!rs.next()) {
          return Optional.empty();
        }
        Usage used = usage(usage, id);
        return Optional.of(
            new QuotaUsage(used.bytes(), rs.getLong(1), used.messages(), rs.getLong(2)));
      }
    }
  }

  static Optional<Account> find(Handle handle, AccountId id) {
    return accounts(handle, SELECT + " AND a.id = ?" + ORDER, id.value()).stream().findFirst();
  }

  static Optional<Account> find(Handle handle, String address) {
    return accounts(
            handle,
            SELECT + " AND a.id = (SELECT account FROM address WHERE address = ?)" + ORDER,
            address)
        .stream()
        .findFirst();
  }

  static List<Account> list(Handle handle, @Nullable String domain) {
    return domain == null
        ? accounts(handle, SELECT + ORDER)
        : accounts(handle, SELECT + " AND a.login LIKE ?" + ORDER, "%@" + domain);
  }

  /** The account that has been enabled and there for the longest time. */
  static Optional<Account> oldest(Handle handle, @Nullable String domain) {
    return list(handle, domain).stream()
        .filter(Account::enabled)
        .min(
            java.util.Comparator.comparingLong(Account::created)
                .thenComparingLong(account -> account.id().value()));
  }

  /** One row per address, gathered by account. */
  private static List<Account> accounts(Handle handle, String sql, Object... arguments) {
    Map<AccountId, Account> byId = new LinkedHashMap<>();
    handle
        .select(sql, arguments)
        .map((rs, context) -> account(rs))
        .forEach(account -> byId.merge(account.id(), account, AccountRows::withMoreAddresses));
    return List.copyOf(byId.values());
  }

  private static Account account(ResultSet rs) throws SQLException {
    return new Account(
        new AccountId(rs.getLong(1)),
        rs.getString(2),
        List.of(rs.getString(8)),
        rs.getString(3),
        rs.getBoolean(4),
        rs.getLong(5),
        rs.getLong(6),
        rs.getLong(7),
        holdSeconds(rs));
  }

  private static @Nullable Integer holdSeconds(ResultSet rs) throws SQLException {
    int seconds = rs.getInt(9);
    return rs.wasNull() ? null : seconds;
  }

  private static Account withMoreAddresses(Account account, Account more) {
    List<String> addresses = new ArrayList<>(account.addresses());
    addresses.addAll(more.addresses());
    return new Account(
        account.id(),
        account.login(),
        List.copyOf(addresses),
        account.credential(),
        account.enabled(),
        account.quotaBytes(),
        account.quotaMessages(),
        account.created(),
        account.holdSeconds());
  }
}
