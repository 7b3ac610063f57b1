package org.postrider.storage;

import static org.postrider.storage.StorageException.Reason.ALREADY_EXISTS;
import static org.postrider.storage.StorageException.Reason.NOT_FOUND;

import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What was expunged, deleted or removed and can be brought back until its retention is over. It
 * counts for no quota while it is held, and for its account's again once it is restored. Every
 * restoration is in the audit log; to restore again what is restored already does nothing.
 */
public final class Undelete {
  private final Database database;
  private final Writer writer;
  private final Directory directory;
  private final Mailboxes mailboxes;
  private final StoreSettings settings;
  private final Clock clock;
  private final MessageChanges changes;

  Undelete(
      Database database,
      Writer writer,
      Directory directory,
      Mailboxes mailboxes,
      StoreSettings settings,
      Clock clock) {
    this.database = database;
    this.writer = writer;
    this.directory = directory;
    this.mailboxes = mailboxes;
    this.settings = settings;
    this.clock = clock;
    this.changes = new MessageChanges(settings, clock);
  }

  /**
   * A message that can be restored.
   *
   * @param entry as it was in its mailbox
   * @param expungedAt epoch milliseconds
   * @param protocol who expunged it: {@code imap}, {@code pop3}, ...
   */
  public record HeldMessage(MessageEntry entry, long expungedAt, String protocol) {}

  /** How much there is, and its octets. */
  public record Total(long messages, long octets) {}

  /**
   * A mailbox that can be restored.
   *
   * @param mailbox as it was
   * @param deletedAt epoch milliseconds
   */
  public record DeletedMailbox(Mailbox mailbox, long deletedAt) {}

  /**
   * An account that can be restored.
   *
   * @param removedAt epoch milliseconds
   * @param messages in the mailboxes it had then
   * @param octets of those messages
   */
  public record RemovedAccount(
      AccountId id, String login, long removedAt, long messages, long octets) {}

  /**
   * The messages of a mailbox that were expunged at that time (epoch milliseconds) or later and can
   * be restored, by UID: at most {@code limit} above {@code afterUid}.
   */
  public List<HeldMessage> messages(MailboxId mailbox, long since, long afterUid, int limit) {
    FlagReader flags = new FlagReader(mailbox);
    return database.read(connection -> {
      List<HeldMessage> held = new ArrayList<>();
      for (HeldRows.Held row : HeldRows.page(connection, mailbox, since, afterUid, limit)) {
        flags.prepare(connection, row.message());
        held.add(new HeldMessage(flags.entry(row.message()), row.expungedAt(), row.protocol()));
      }
      return held;
    });
  }

  /** How much of a mailbox was expunged at that time (epoch milliseconds) or later and is held. */
  public Total total(MailboxId mailbox, long since) {
    return database.read(connection -> HeldRows.total(connection, mailbox, since));
  }

  /**
   * Restores those of the messages that are held, under new UIDs, with their internal date, flags
   * and keywords, but without {@code \Deleted}: the next EXPUNGE would take them again.
   *
   * @param uids ascending, as they were in {@code from}; in one commit, so not too many
   * @throws StorageException NOT_FOUND when the target is gone, OVER_QUOTA, LIMIT
   */
  public Messages.CopyResult restore(MailboxId from, long[] uids, MailboxId to) {
    return writer.submit(0, tx -> changes.restore(tx, from, uids, to));
  }

  /** The deleted mailboxes of an account, the last one first. */
  public List<DeletedMailbox> mailboxes(AccountId account) {
    return database.withHandle(handle -> MailboxRows.deleted(handle, account, cutoff()));
  }

  /**
   * Restores a deleted mailbox under a name that is free; missing parents are made. It keeps its
   * UIDs. It keeps its UIDVALIDITY too, unless a later mailbox had the name (RFC 9051 §2.3.1.1),
   * and its special use unless another mailbox has that now.
   *
   * @throws StorageException NOT_FOUND when its retention is over, ALREADY_EXISTS, BAD_NAME, LIMIT,
   *     OVER_QUOTA
   */
  public Mailbox restoreMailbox(AccountId account, MailboxId deleted, String name) {
    return restoreMailbox(account, deleted, name, true);
  }

  /** The same, perhaps though the account's quota is exceeded by it. */
  Mailbox restoreMailbox(AccountId account, MailboxId deleted, String name, boolean withinQuota) {
    String canonical = Mailboxes.canonicalName(name);
    writer.submit(
        0,
        tx -> {
          restoreMailbox(tx, account, deleted, canonical, withinQuota);
          return true;
        });
    return mailboxes.find(deleted).orElseThrow(Mailboxes::gone);
  }

  private void restoreMailbox(
      Transaction tx, AccountId account, MailboxId id, String name, boolean withinQuota)
      throws SQLException {
    Map<String, Mailbox> known = Mailboxes.known(tx, account);
    AccountState state = tx.account(account);
    Mailbox mailbox =
        MailboxRows.deleted(tx.handle(), account, cutoff()).stream()
            .map(DeletedMailbox::mailbox)
            .filter(m -> m.id().equals(id))
            .findFirst()
            .orElseThrow(Mailboxes::gone);
    if (known.containsKey(name)) {
      throw new StorageException(ALREADY_EXISTS, "There is a mailbox of that name");
    }
    List<String> missing = Mailboxes.missingParents(known, name);
    mailboxes.requireRoom(known.size() + missing.size() + 1);
    if (withinQuota) {
      state.requireRoom(mailbox.size(), mailbox.messages());
    }
    long now = clock.millis();
    boolean taken = known.values().stream().anyMatch(m -> m.specialUse() == mailbox.specialUse());
    boolean stale = MailboxRows.hadUidValidityAbove(tx.handle(), mailbox, name);
    SpecialUse specialUse = taken ? null : mailbox.specialUse();
    long uidValidity = stale ? state.nextUidValidity(now) : mailbox.uidValidity();
    tx.settle();
    MailboxRows.restore(tx, mailbox, name, specialUse, uidValidity);
    for (String parent : missing) {
      mailboxes.insert(tx, account, parent, null);
    }
    tx.settle();
    AuditRows.insert(tx, now, "mailbox-restore", "", account, id + " as " + name);
  }

  /** The removed accounts, the last one first. */
  public List<RemovedAccount> accounts() {
    return database.withHandle(handle -> AccountRows.removed(handle, cutoff()));
  }

  /**
   * Restores a removed account with the mailboxes it had then. It has that one address, no
   * credential, and its domain is ours again.
   *
   * @param login an address that is free
   * @throws StorageException NOT_FOUND when its retention is over, ALREADY_EXISTS, BAD_NAME
   */
  public Account restoreAccount(AccountId removed, String login) {
    return restoreAccount(removed, login, tx -> {});
  }

  /** More that a restored account gets in the same transaction. */
  interface Further {
    void add(Transaction tx) throws SQLException;
  }

  Account restoreAccount(AccountId removed, String login, Further further) {
    Addresses.Parts address = Addresses.own(login, false);
    directory.change(
        "account-restore",
        removed,
        address.toString(),
        tx -> {
          RemovedAccount account = removed(tx, removed);
          if (account == null) {
            throw new StorageException(NOT_FOUND, "There is no such account");
          }
          Directory.requireFree(tx, address.toString());
          if (!AccountRows.isDomain(tx.handle(), address.domain())) {
            AccountRows.insertDomain(tx, address.domain(), clock.millis());
          }
          MailboxRows.restoreAll(tx, removed, account.removedAt());
          AccountRows.restore(tx, removed, address.toString());
          further.add(tx);
          tx.changed(removed);
          return true;
        });
    return directory.account(removed).orElseThrow(Mailboxes::gone);
  }

  private @Nullable RemovedAccount removed(Transaction tx, AccountId id) {
    return AccountRows.removed(tx.handle(), cutoff()).stream()
        .filter(account -> account.id().equals(id))
        .findFirst()
        .orElse(null);
  }

  /** What went at that time or before may be half swept. */
  private long cutoff() {
    return clock.millis() - settings.retention().toMillis();
  }
}
