package org.postrider.storage;

import static org.postrider.storage.StorageException.Reason.ALREADY_EXISTS;

import java.io.IOException;
import java.io.InputStream;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;
import org.postrider.storage.RestorePlan.Destination;
import org.postrider.storage.RestorePlan.Fate;

/**
 * Puts what a backup has of one account back into a store that is at work, as {@link RestorePlan}
 * decides. Quotas do not refuse anything here. Until it is closed the sweep deletes no content.
 */
public final class Restoration implements AutoCloseable {
  private static final int PAGE = 5_000;

  private final Store store;
  private final AutoCloseable hold;

  private Restoration(Store store) {
    this.store = store;
    this.hold = store.contents().holdAll();
  }

  /**
   * Begins.
   *
   * @param schemaVersion of the backup
   * @throws StorageException CANNOT when it is of a newer version than this one knows
   */
  public static Restoration of(Store store, int schemaVersion) {
    Schema.CURRENT.requireKnown(schemaVersion);
    return new Restoration(store);
  }

  /** What there is of the account that was backed up. */
  public sealed interface Owner {
    /** It is live, or another account has its address. */
    record There(AccountId id) implements Owner {}

    /** It was removed, and is still held. */
    record Removed(Undelete.RemovedAccount account) implements Owner {}

    /** Nothing. */
    record Gone() implements Owner {}
  }

  /** The canonical form of an address. @throws StorageException BAD_NAME */
  public static String canonical(String address) {
    return Addresses.parse(address).toString();
  }

  /** What there is of an account. */
  public Owner owner(Account old) {
    return store
        .directory()
        .account(old.login())
        .<Owner>map(account -> new Owner.There(account.id()))
        .or(() ->
            store.undelete().accounts().stream()
                .filter(removed -> removed.id().equals(old.id()))
                .findFirst()
                .map(Owner.Removed::new))
        .orElseGet(Owner.Gone::new);
  }

  /** The mailboxes that the account has, or will have once it is brought back. */
  public RestorePlan.Mailboxes mailboxes(Owner owner) {
    return switch (owner) {
      case Owner.There(AccountId id) -> mailboxes(id, Long.MIN_VALUE);
      case Owner.Removed(Undelete.RemovedAccount account) ->
          mailboxes(account.id(), account.removedAt());
      case Owner.Gone() -> RestorePlan.Mailboxes.NONE;
    };
  }

  private RestorePlan.Mailboxes mailboxes(AccountId account, long removedAt) {
    List<Mailbox> live = new ArrayList<>(store.mailboxes().list(account));
    List<Mailbox> held = new ArrayList<>();
    List<Mailbox> leaving = new ArrayList<>();
    long cutoff = store.clock().millis() - store.settings().retention().toMillis();
    store
        .database()
        .withHandle(handle -> MailboxRows.deleted(handle, account, Long.MIN_VALUE))
        .forEach(deleted -> {
          List<Mailbox> where =
              deleted.deletedAt() == removedAt
                  ? live
                  : deleted.deletedAt() > cutoff ? held : leaving;
          where.add(deleted.mailbox());
        });
    return new RestorePlan.Mailboxes(live, held, leaving);
  }

  /**
   * Sees to it that the account is there; one that was gone gets its addresses, credential, state
   * and quota from the backup.
   *
   * @param inbox as it was backed up
   */
  public AccountId bringBack(Owner owner, Account old, Mailbox inbox) {
    switch (owner) {
      case Owner.There(AccountId id) -> {
        return id;
      }
      case Owner.Removed(Undelete.RemovedAccount account) -> {
        // One transaction: nobody is left without his password by a crash.
        return store
            .undelete()
            .restoreAccount(account.id(), old.login(), tx -> setAsItWas(tx, account.id(), old))
            .id();
      }
      case Owner.Gone() -> {
        return store
            .directory()
            .change("account-restore", null, old.login(), tx -> create(tx, old, inbox));
      }
    }
  }

  private AccountId create(Transaction tx, Account old, Mailbox inbox) throws SQLException {
    Directory.requireFree(tx, old.login());
    String domain = Addresses.parse(old.login()).domain();
    if (!AccountRows.isDomain(tx.handle(), domain)) {
      AccountRows.insertDomain(tx, domain, store.clock().millis());
    }
    AccountId id = new AccountId(tx.nextObjectId());
    AccountRows.insert(tx, id.value(), old.login(), old.credential(), old.created());
    setAsItWas(tx, id, old);
    insertAsItWas(tx, id, inbox, inbox.specialUse());
    return id;
  }

  private static void setAsItWas(Transaction tx, AccountId id, Account old) throws SQLException {
    AccountRows.setCredential(tx, id, old.credential());
    AccountRows.setEnabled(tx, id, old.enabled());
    AccountRows.setQuota(tx, id, old.quotaBytes(), old.quotaMessages());
    AccountRows.setHoldSeconds(tx, id, old.holdSeconds());
  }

  /** Makes a mailbox with its old UIDVALIDITY; its numbers leap, as clients may have seen more. */
  private MailboxId insertAsItWas(
      Transaction tx, AccountId account, Mailbox old, @Nullable SpecialUse specialUse)
      throws SQLException {
    MailboxId id = new MailboxId(tx.nextObjectId());
    MailboxRows.insert(
        tx, id.value(), account, old.name(), specialUse, old.uidValidity(), store.clock().millis());
    OrderlyEnd.leap(tx, id, old.uidNext(), old.highestModSeq());
    MessageRows.forgetExpunged(tx, id, store.clock().millis());
    AccountRows.raiseUidValidity(tx, account, old.uidValidity());
    return id;
  }

  /**
   * Sees to it that a folder's destination is there.
   *
   * @throws StorageException ALREADY_EXISTS when the name was taken meanwhile, NOT_FOUND, LIMIT;
   *     CANNOT when it is the name of the Outbox by now
   */
  public Mailbox open(Destination destination, AccountId account, Mailbox old) {
    Mailbox opened = opened(destination, account, old);
    if (opened.specialUse() == SpecialUse.SCHEDULED) {
      throw new StorageException(
          StorageException.Reason.CANNOT, "The folder of that name shows what is being sent now");
    }
    return opened;
  }

  private Mailbox opened(Destination destination, AccountId account, Mailbox old) {
    return switch (destination) {
      case Destination.Same(Mailbox mailbox) -> mailbox;
      case Destination.Other(Mailbox mailbox) -> mailbox;
      case Destination.Held(Mailbox mailbox) ->
          store.undelete().restoreMailbox(account, mailbox.id(), old.name(), false);
      case Destination.Fresh(boolean sameUids) -> {
        MailboxId id = store.writer().submit(0, tx -> make(tx, account, old, sameUids));
        yield store.mailboxes().find(id).orElseThrow(Mailboxes::gone);
      }
    };
  }

  private MailboxId make(Transaction tx, AccountId account, Mailbox old, boolean sameUids)
      throws SQLException {
    Map<String, Mailbox> known = Mailboxes.known(tx, account);
    tx.account(account);
    if (known.containsKey(old.name())) {
      throw new StorageException(ALREADY_EXISTS, "There is a mailbox " + old.name() + " by now");
    }
    List<String> missing = Mailboxes.missingParents(known, old.name());
    store.mailboxes().requireRoom(known.size() + missing.size() + 1);
    SpecialUse use = old.specialUse();
    boolean taken = known.values().stream().anyMatch(mailbox -> mailbox.specialUse() == use);
    for (String parent : missing) {
      store.mailboxes().insert(tx, account, parent, null);
    }
    MailboxId id;
    if (sameUids) {
      tx.settle();
      id = insertAsItWas(tx, account, old, taken ? null : use);
    } else {
      id = store.mailboxes().insert(tx, account, old.name(), taken ? null : use);
    }
    tx.settle();
    String subject = id + " " + old.name() + " from a backup";
    AuditRows.insert(tx, store.clock().millis(), "mailbox-restore", "", account, subject);
    return id;
  }

  /**
   * What becomes of messages of a mailbox that is still the same, by their UIDs alone.
   *
   * @param mailbox as it is now, perhaps deleted
   * @param old as they were backed up, by UID
   */
  public List<Fate> fates(Mailbox mailbox, List<MessageEntry> old) {
    return store
        .database()
        .read(connection -> {
          Uids uids = Uids.read(connection, mailbox.id(), old);
          return old.stream().map(entry -> uids.fate(entry, mailbox.uidNext())).toList();
        });
  }

  /** What stands for some UIDs of a mailbox. */
  private record Uids(Map<Long, MessageRow> there, Set<Long> expunged) {
    static Uids read(java.sql.Connection connection, MailboxId mailbox, List<MessageEntry> old)
        throws SQLException {
      long[] uids = old.stream().mapToLong(MessageEntry::uid).toArray();
      Map<Long, MessageRow> there = new HashMap<>();
      MessageRows.byUids(connection, mailbox, uids, row -> there.put(row.uid(), row));
      return new Uids(there, MessageRows.expunged(connection, mailbox, uids));
    }

    Fate fate(MessageEntry old, long uidNext) {
      return RestorePlan.fate(old, there.get(old.uid()), expunged.contains(old.uid()), uidNext);
    }
  }

  /** The digests of those messages of a mailbox whose UIDs are not to be left out. */
  public DigestBag digests(MailboxId mailbox, LongPredicate leftOut) {
    DigestBag bag = new DigestBag();
    long next = 0;
    while (next >= 0) {
      long from = next;
      next =
          store
              .database()
              .read(connection ->
                  MessageRows.digests(
                      connection,
                      mailbox,
                      from,
                      PAGE,
                      (uid, sha256) -> {
                        if (!leftOut.test(uid)) {
                          bag.add(sha256);
                        }
                      }));
    }
    return bag;
  }

  /** Whether the store still has the bytes of a content that was backed up. */
  public boolean has(StoreExport.Content content) {
    ContentId id = new ContentId(content.id());
    byte[] known =
        store
            .database()
            .read(connection ->
                ContentRows.checksums(connection, List.of(content.id()))
                    .getOrDefault(content.id(), new byte[0]));
    return Arrays.equals(known, content.sha256()) && !store.contents().isDamaged(id);
  }

  /**
   * Takes the bytes of a content.
   *
   * @return null when they are not those that were backed up
   * @throws StorageException TOO_BIG, NO_SPACE
   */
  public @Nullable StagedContent stage(StoreExport.Content content, InputStream bytes)
      throws IOException {
    try (ContentWriter writer = store.contents().write()) {
      bytes.transferTo(writer);
      StagedContent staged = writer.finish();
      if (Arrays.equals(staged.sha256(), content.sha256())) {
        return staged;
      }
      staged.close();
      return null;
    }
  }

  /**
   * A message that comes back.
   *
   * @param bytes its content, or null when the store has it
   * @param content the content's id when the store has it
   */
  public record Returning(MessageEntry old, @Nullable StagedContent bytes, long content) {}

  /**
   * What came back.
   *
   * @param uids by message
   * @param contents the ids of their contents
   */
  public record Returned(long[] uids, long[] contents) {}

  /**
   * Puts messages into a mailbox, in one commit; so not too many.
   *
   * @param sameMailbox whether the UIDs they had are those of this mailbox
   * @param messages by UID
   * @throws StorageException NOT_FOUND when the mailbox is gone, LIMIT, NO_SPACE
   */
  public Returned put(MailboxId mailbox, boolean sameMailbox, List<Returning> messages) {
    store.database().space().requireForGrowth();
    long octets =
        messages.stream()
            .map(Returning::bytes)
            .mapToLong(bytes -> bytes == null ? 0 : bytes.waitingOctets())
            .sum();
    Returned returned =
        store.writer().submit(octets, tx -> put(tx, mailbox, sameMailbox, messages));
    for (int i = 0; i < messages.size(); i++) {
      StagedContent bytes = messages.get(i).bytes();
      if (bytes != null) {
        bytes.taken(returned.contents()[i]);
      }
    }
    return returned;
  }

  private Returned put(Transaction tx, MailboxId id, boolean sameMailbox, List<Returning> messages)
      throws SQLException {
    MailboxState mailbox = tx.mailbox(id);
    AccountState account = tx.account(mailbox.account());
    mailbox.requireUids(messages.size());
    KeywordSet keywords = tx.keywords(id);
    List<MessageEntry> old = messages.stream().map(Returning::old).toList();
    List<String> names = old.stream().flatMap(m -> m.flags().keywords().stream()).toList();
    keywords.requireRoom(MessageFlags.of(0, names).keywords(), store.settings().keywordsMax());
    tx.flush();
    Uids taken = Uids.read(tx.connection(), id, old);
    Map<Long, Long> heldContents = sameMailbox ? held(tx, id, old) : Map.of();
    long uidNext = mailbox.uidNext();
    long modSeq = mailbox.nextModSeq();
    long now = store.clock().millis();
    long[] uids = new long[messages.size()];
    long[] contents = new long[messages.size()];
    for (int i = 0; i < uids.length; i++) {
      MessageEntry entry = old.get(i);
      boolean oldUid = sameMailbox && taken.fate(entry, uidNext) == Fate.OLD_UID;
      uids[i] = oldUid ? entry.uid() : mailbox.nextUid();
      contents[i] = content(tx, id, messages.get(i), heldContents, now);
      MessageChanges.add(
          tx,
          mailbox,
          new MessageRow(
              uids[i],
              modSeq,
              entry.flags().system(),
              keywords.bits(tx, entry.flags().keywords()),
              entry.internalDate(),
              oldUid ? entry.saveDate() : now,
              entry.size(),
              contents[i]));
    }
    account.use(old.stream().mapToLong(MessageEntry::size).sum(), uids.length);
    String subject = uids.length + " from a backup to mailbox " + id + ", from UID " + uids[0];
    AuditRows.insert(tx, now, "restore", "", mailbox.account(), subject);
    return new Returned(uids, contents);
  }

  /** The contents of those messages that were expunged and are still held, by UID. */
  private static Map<Long, Long> held(Transaction tx, MailboxId mailbox, List<MessageEntry> old)
      throws SQLException {
    Map<Long, Long> held = new TreeMap<>();
    long[] uids = old.stream().mapToLong(MessageEntry::uid).toArray();
    for (HeldRows.Held row : HeldRows.byUids(tx.connection(), mailbox, uids)) {
      held.put(row.message().uid(), row.message().content());
    }
    return held;
  }

  /**
   * Adds a reference to the message's content. What is held for undelete comes back by this, and is
   * not to come back by that once more.
   */
  private static long content(
      Transaction tx, MailboxId mailbox, Returning message, Map<Long, Long> held, long now)
      throws SQLException {
    StagedContent bytes = message.bytes();
    if (bytes != null) {
      return ContentRows.take(tx, bytes, 1, now);
    }
    long content = message.content();
    long uid = message.old().uid();
    if (held.getOrDefault(uid, 0L) == content) {
      HeldRows.letGo(tx, List.of(MessageRows.id(mailbox, uid)));
    } else {
      ContentRows.refer(tx, content);
    }
    return content;
  }

  /** Lets the sweep go on. */
  @Override
  public void close() {
    try {
      hold.close();
    } catch (Exception e) {
      throw new IllegalStateException("letting go does not fail", e);
    }
  }
}
