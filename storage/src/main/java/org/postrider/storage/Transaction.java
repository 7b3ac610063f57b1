package org.postrider.storage;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * The writer's transactions, one after the other, each shared by the jobs of a batch, of which each
 * sees what those before it did. Inserts wait and go in JDBC batches; the states of mailboxes and
 * accounts are changed in memory and written back once. Where no other process can change them they
 * stay known from one transaction to the next. Whoever queries a table that inserts may wait for
 * calls {@link #flush} before; whoever changes mailbox or account rows by SQL brackets it with
 * {@link #settle}.
 */
final class Transaction {
  /** Mailboxes and accounts that stay known; some hundred octets each. */
  private static final int KNOWN_MAX = 20_000;

  private final Statements statements;
  private final Map<Long, MailboxState> mailboxes = new HashMap<>();
  private final Map<MailboxName, Long> mailboxIds = new HashMap<>();
  private final Map<Long, Long> outboxes = new HashMap<>();
  private final Map<Long, AccountState> accounts = new HashMap<>();
  private final List<MailboxState> dirtyMailboxes = new ArrayList<>();
  private final List<AccountState> dirtyAccounts = new ArrayList<>();
  private final Map<Long, KeywordSet> keywords = new HashMap<>();
  private final Set<MailboxId> changedMailboxes = new HashSet<>();
  private final Set<AccountId> changedAccounts = new HashSet<>();
  private long changes;

  private record MailboxName(long account, String name) {}

  Transaction(Statements statements) {
    this.statements = statements;
  }

  /** To be called before the first job of a batch, when nothing is left of the one before. */
  void begin() {
    changedMailboxes.clear();
    changedAccounts.clear();
    keywords.clear();
    if (!dialect().exclusive() || mailboxes.size() + accounts.size() > KNOWN_MAX) {
      forget();
    }
  }

  /** Undoes what was not committed. */
  void rollback() throws SQLException {
    forget();
    statements.clear();
    dialect().rollback(statements.connection());
  }

  /** Grows with every change; a refusal after which it is the same needs no rollback. */
  long changes() {
    return changes;
  }

  /** Called before anything is changed, in memory or in the database. */
  void changing() {
    changes++;
  }

  Dialect dialect() {
    return statements.dialect();
  }

  /** For queries only. */
  Connection connection() {
    return statements.connection();
  }

  long nextObjectId() throws SQLException {
    return statements.objects().next();
  }

  long nextContentId() throws SQLException {
    return statements.contents().next();
  }

  long nextAuditId() throws SQLException {
    return statements.audits().next();
  }

  /** A query. */
  PreparedStatement query(String sql) throws SQLException {
    return statements.prepare(sql);
  }

  /** A change that the caller executes. */
  PreparedStatement update(String sql) throws SQLException {
    changes++;
    return statements.prepare(sql);
  }

  /** An insert that waits: the caller sets its parameters and calls {@code addBatch}. */
  PreparedStatement insert(String sql) throws SQLException {
    changes++;
    return statements.batch(sql);
  }

  /** A change that follows from changes made before; it waits like an insert. */
  PreparedStatement writeBack(String sql) throws SQLException {
    return statements.batch(sql);
  }

  /** For queries that are not hot. */
  Handle handle() {
    return statements.handle();
  }

  /** A change that is not hot. */
  int execute(String sql, @Nullable Object... arguments) {
    changes++;
    return statements.handle().execute(sql, arguments);
  }

  /** Makes waiting inserts visible to queries. */
  void flush() throws SQLException {
    statements.flush();
  }

  /** To be written back before the commit. */
  void dirty(MailboxState mailbox) {
    dirtyMailboxes.add(mailbox);
  }

  /** To be written back before the commit. */
  void dirty(AccountState account) {
    dirtyAccounts.add(account);
  }

  /** Makes changed states of mailboxes visible to queries. */
  void writeBackMailboxes() throws SQLException {
    if (!dirtyMailboxes.isEmpty()) {
      finish();
    }
  }

  /** Writes everything to the database and forgets what was read of it. */
  void settle() throws SQLException {
    finish();
    forget();
  }

  /** Writes everything to the database; to be called before the commit. */
  void finish() throws SQLException {
    for (AccountState account : dirtyAccounts) {
      account.writeBack();
    }
    for (MailboxState mailbox : dirtyMailboxes) {
      mailbox.writeBack();
    }
    dirtyAccounts.clear();
    dirtyMailboxes.clear();
    statements.flush();
  }

  private void forget() {
    mailboxes.clear();
    mailboxIds.clear();
    outboxes.clear();
    accounts.clear();
    keywords.clear();
    dirtyMailboxes.clear();
    dirtyAccounts.clear();
  }

  /**
   * The live mailbox.
   *
   * @throws StorageException NOT_FOUND
   */
  MailboxState mailbox(MailboxId id) throws SQLException {
    MailboxState state = liveMailbox(id);
    if (state == null) {
      throw Mailboxes.gone();
    }
    return state;
  }

  /** The same, or null when it is gone. */
  @Nullable MailboxState liveMailbox(MailboxId id) throws SQLException {
    MailboxState state = mailboxes.get(id.value());
    if (state == null) {
      state = MailboxState.load(this, id);
      if (state != null) {
        mailboxes.put(id.value(), state);
      }
    }
    return state;
  }

  /** The account's Outbox, or null. */
  @Nullable MailboxState outbox(AccountId account) throws SQLException {
    Long id = outboxes.get(account.value());
    if (id == null) {
      id = Outbox.find(this, account);
      if (id == 0) {
        return null;
      }
      outboxes.put(account.value(), id);
    }
    return mailbox(new MailboxId(id));
  }

  /** The live mailbox of that canonical name, or null. */
  @Nullable MailboxState mailbox(AccountId account, String name) throws SQLException {
    MailboxName key = new MailboxName(account.value(), name);
    Long id = mailboxIds.get(key);
    if (id != null) {
      return mailbox(new MailboxId(id));
    }
    MailboxState state = MailboxState.load(this, account, name);
    if (state == null) {
      return null;
    }
    mailboxIds.put(key, state.id());
    MailboxState known = mailboxes.putIfAbsent(state.id(), state);
    return known == null ? state : known;
  }

  /**
   * The account.
   *
   * @throws StorageException NOT_FOUND
   */
  AccountState account(AccountId id) throws SQLException {
    AccountState state = accounts.get(id.value());
    if (state == null) {
      state = AccountState.load(this, id);
      accounts.put(id.value(), state);
    }
    return state;
  }

  KeywordSet keywords(MailboxId mailbox) throws SQLException {
    KeywordSet set = keywords.get(mailbox.value());
    if (set == null) {
      set = KeywordSet.load(this, mailbox);
      keywords.put(mailbox.value(), set);
    }
    return set;
  }

  /** Has the mailbox's watchers woken after the commit. */
  void changed(MailboxId mailbox) {
    changedMailboxes.add(mailbox);
  }

  /** Has the account's watchers woken after the commit. */
  void changed(AccountId account) {
    changedAccounts.add(account);
  }

  void publish(ChangeBus bus) {
    bus.publish(List.copyOf(changedMailboxes), List.copyOf(changedAccounts));
  }
}
