package org.postrider.storage;

import static org.postrider.storage.StorageException.Reason.DAMAGED;

import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * The messages of mailboxes. UIDs are given as ascending arrays; those that are not (or no more) in
 * the mailbox are passed over in silence, as IMAP wants it. Every method throws {@link
 * StorageException} NOT_FOUND when the mailbox is gone.
 */
public final class Messages {
  /** Rows of a scan that are read at once, so that a scan holds its carrier only so long. */
  private static final int PAGE = 5_000;

  /**
   * Messages that one call of {@link #storeFlags} should be about: what changes more does it by and
   * by, so that others have their turn between the commits.
   */
  public static final int CHANGED_AT_ONCE = 5_000;

  private final Database database;
  private final Writer writer;
  private final MessageChanges changes;

  Messages(Database database, Writer writer, StoreSettings settings, Clock clock) {
    this.database = database;
    this.writer = writer;
    this.changes = new MessageChanges(settings, clock);
  }

  /**
   * What SELECT needs, as of one moment.
   *
   * @param uids all UIDs, ascending
   * @param firstUnseen the least UID without {@code \Seen}, or 0
   * @param keywords the keywords in use in the mailbox
   */
  public record Snapshot(Mailbox mailbox, long[] uids, long firstUnseen, List<String> keywords) {}

  /**
   * What changed after a mod-sequence.
   *
   * @param highestModSeq as of this answer
   * @param changed UIDs of new and changed messages, ascending; a message that is new has a UID of
   *     at least the uidNext known before
   * @param vanished UIDs expunged since, ascending
   */
  public record Changes(Mailbox mailbox, long highestModSeq, long[] changed, long[] vanished) {}

  /**
   * What was expunged after a mod-sequence.
   *
   * @param uids ascending
   * @param complete whether those are all; when not, any other UID below UIDNEXT that is not in the
   *     mailbox may have been expunged since
   */
  public record Expunged(long[] uids, boolean complete) {}

  /** The new UIDs, in the order of the messages given. */
  public record AppendResult(MailboxId mailbox, long uidValidity, long[] uids) {}

  /** The UIDs that were copied or moved, and their new ones, pairwise (RFC 4315 COPYUID). */
  public record CopyResult(
      MailboxId target, long uidValidity, long[] sourceUids, long[] targetUids) {}

  /**
   * @param changed the messages that changed, with their new flags and MODSEQ
   * @param before the MODSEQ that each of those had before
   * @param modified the UIDs left alone because their MODSEQ was above UNCHANGEDSINCE (RFC 7162
   *     §3.1.3)
   */
  public record StoreResult(List<MessageEntry> changed, long[] before, long[] modified) {}

  /** One message of an APPEND. */
  public record NewMessage(StagedContent content, MessageFlags flags, long internalDate) {}

  public Snapshot snapshot(MailboxId mailbox) {
    return around(
        () -> wholeSnapshot(mailbox), () -> new DamagedMailbox(database, mailbox).snapshot());
  }

  /** Reads; where that meets damage, reads around it. */
  private static <T> T around(Supplier<T> read, Supplier<T> readAround) {
    try {
      return read.get();
    } catch (StorageException e) {
      if (e.reason() != DAMAGED) {
        throw e;
      }
      return readAround.get();
    }
  }

  private Snapshot wholeSnapshot(MailboxId mailbox) {
    return database.readOneMoment(connection -> {
      Mailbox state = MailboxRows.require(connection, mailbox);
      UidList uids = new UidList();
      long firstUnseen = MessageRows.allUids(connection, mailbox, uids);
      List<String> keywords = KeywordSet.load(connection, mailbox).names();
      return new Snapshot(state, uids.toArray(), firstUnseen, keywords);
    });
  }

  /** Calls back for each message with {@code from <= uid <= to}, by UID. */
  public void scan(MailboxId mailbox, long from, long to, Consumer<MessageEntry> each) {
    FlagReader flags = new FlagReader(mailbox);
    long next = from;
    while (true) {
      long start = next;
      List<MessageRow> page;
      try {
        page =
            database.read(connection -> {
              MailboxRows.require(connection, mailbox);
              List<MessageRow> rows = MessageRows.byRange(connection, mailbox, start, to, PAGE);
              flags.prepare(connection, rows);
              return rows;
            });
      } catch (StorageException e) {
        if (e.reason() != DAMAGED) {
          throw e;
        }
        List<MessageRow> rows = new ArrayList<>();
        DamagedMailbox damaged = new DamagedMailbox(database, mailbox);
        damaged.rows(start, to, rows::add);
        damaged.entries(rows).forEach(each);
        return;
      }
      page.forEach(row -> each.accept(flags.entry(row)));
      if (page.size() < PAGE) {
        return;
      }
      next = page.getLast().uid() + 1;
    }
  }

  /** The messages with those UIDs, by UID. */
  public List<MessageEntry> entries(MailboxId mailbox, long[] uids) {
    return around(() -> allEntries(mailbox, uids), () -> entriesAround(mailbox, uids));
  }

  private List<MessageEntry> allEntries(MailboxId mailbox, long[] uids) {
    List<MessageEntry> entries = new ArrayList<>();
    FlagReader flags = new FlagReader(mailbox);
    for (int i = 0; i == 0 || i < uids.length; i += PAGE) {
      long[] page = Arrays.copyOfRange(uids, i, Math.min(uids.length, i + PAGE));
      List<MessageRow> rows = new ArrayList<>();
      database.read(connection -> {
        MailboxRows.require(connection, mailbox);
        MessageRows.byUids(connection, mailbox, page, rows::add);
        flags.prepare(connection, rows);
        return true;
      });
      rows.forEach(row -> entries.add(flags.entry(row)));
    }
    return entries;
  }

  private List<MessageEntry> entriesAround(MailboxId mailbox, long[] uids) {
    DamagedMailbox damaged = new DamagedMailbox(database, mailbox);
    List<MessageRow> rows = new ArrayList<>();
    for (long uid : uids) {
      damaged.rows(uid, uid, rows::add);
    }
    return damaged.entries(rows);
  }

  /** What changed after {@code modSeq}, as of one moment. */
  public Changes changesSince(MailboxId mailbox, long modSeq) {
    return around(
        () -> indexedChanges(mailbox, modSeq),
        () -> new DamagedMailbox(database, mailbox).changesSince(modSeq));
  }

  /**
   * What was expunged after {@code modSeq} (RFC 7162 §3.2.6). Every expunge is remembered as long
   * as the mailbox, unless that was made anew from a backup, or the disk lost some of it.
   */
  public Expunged expungedSince(MailboxId mailbox, long modSeq) {
    return around(
        () ->
            database.read(connection -> {
              MailboxRows.require(connection, mailbox);
              return MessageRows.expungedSince(connection, database.dialect(), mailbox, modSeq);
            }),
        () ->
            new Expunged(
                new DamagedMailbox(database, mailbox).changesSince(modSeq).vanished, false));
  }

  private Changes indexedChanges(MailboxId mailbox, long modSeq) {
    return database.readOneMoment(connection -> {
      Mailbox state = MailboxRows.require(connection, mailbox);
      long highest = state.highestModSeq();
      if (highest <= modSeq) {
        return new Changes(state, highest, new long[0], new long[0]);
      }
      return new Changes(
          state,
          highest,
          MessageRows.changedSince(connection, database.dialect(), mailbox, modSeq),
          MessageRows.expungedSince(connection, database.dialect(), mailbox, modSeq).uids());
    });
  }

  /** Appends all or none (RFC 3502). @throws StorageException OVER_QUOTA, LIMIT, NO_SPACE */
  public AppendResult append(MailboxId mailbox, List<NewMessage> messages) {
    database.space().requireForGrowth();
    long octets = messages.stream().mapToLong(m -> m.content().waitingOctets()).sum();
    MessageChanges.Appended appended =
        writer.submit(octets, tx -> changes.append(tx, mailbox, messages));
    for (int i = 0; i < messages.size(); i++) {
      messages.get(i).content().taken(appended.contents()[i]);
    }
    return appended.result();
  }

  /**
   * Appends a message and expunges another in one commit (RFC 8508). Of the quota only what is more
   * than before counts.
   *
   * @param from the mailbox of the message that goes, which can be restored during the retention
   * @throws StorageException NOT_FOUND when that message is not there any more; OVER_QUOTA, LIMIT,
   *     NO_SPACE
   */
  public AppendResult replace(MailboxId from, long uid, MailboxId to, NewMessage message) {
    database.space().requireForGrowth();
    MessageChanges.Appended appended =
        writer.submit(
            message.content().waitingOctets(), tx -> changes.replace(tx, from, uid, to, message));
    message.content().taken(appended.contents()[0]);
    return appended.result();
  }

  /**
   * Changes flags in one commit; a message whose flags stay as they are keeps its MODSEQ and is not
   * in the result.
   *
   * @throws StorageException LIMIT when the mailbox would have too many keywords
   */
  public StoreResult storeFlags(
      MailboxId mailbox, long[] uids, FlagChange change, OptionalLong unchangedSince) {
    return writer.submit(0, tx -> changes.storeFlags(tx, mailbox, uids, change, unchangedSince));
  }

  /**
   * Expunges those messages in one commit, whatever their flags. They can be restored during the
   * retention.
   *
   * @param protocol who asked, for the audit log: {@code imap}, {@code pop3}, ...
   * @return the UIDs that were there
   */
  public long[] expunge(MailboxId mailbox, long[] uids, String protocol) {
    return writer.submit(0, tx -> changes.expunge(tx, mailbox, uids, protocol, false));
  }

  /**
   * Expunges those among {@code uids} that carry {@code \Deleted} at the moment of the change; more
   * than {@value #CHANGED_AT_ONCE} in several commits, between which others have their turn.
   */
  public long[] expungeDeleted(MailboxId mailbox, long[] uids, String protocol) {
    UidList expunged = new UidList();
    for (int i = 0; i == 0 || i < uids.length; i += CHANGED_AT_ONCE) {
      long[] some = Arrays.copyOfRange(uids, i, Math.min(uids.length, i + CHANGED_AT_ONCE));
      expunged.addAll(writer.submit(0, tx -> changes.expunge(tx, mailbox, some, protocol, true)));
    }
    return expunged.toArray();
  }

  /**
   * Copies all with flags and internal date, sharing the contents. @throws StorageException
   * OVER_QUOTA, NOT_FOUND, NO_SPACE
   */
  public CopyResult copy(MailboxId from, long[] uids, MailboxId to) {
    database.space().requireForGrowth();
    return writer.submit(0, tx -> changes.copy(tx, from, uids, to));
  }

  /**
   * Moves all at once (RFC 6851). @throws StorageException NOT_FOUND; OVER_QUOTA between accounts
   */
  public CopyResult move(MailboxId from, long[] uids, MailboxId to) {
    return writer.submit(0, tx -> changes.move(tx, from, uids, to));
  }
}
