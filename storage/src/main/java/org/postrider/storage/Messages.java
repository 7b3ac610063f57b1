package org.postrider.storage;

import java.util.List;
import java.util.OptionalLong;
import java.util.function.Consumer;

/**
 * The messages of mailboxes. UIDs are given as ascending arrays; those that are not (or no more) in
 * the mailbox are passed over in silence, as IMAP wants it. Every method throws {@link
 * StorageException} NOT_FOUND when the mailbox is gone.
 */
public final class Messages {
  Messages() {}

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
   * @param changed new and changed messages, by UID; a message that is new has a UID of at least
   *     the uidNext known before
   * @param vanished UIDs expunged since, ascending
   */
  public record Changes(
      Mailbox mailbox, long highestModSeq, List<MessageEntry> changed, long[] vanished) {}

  /** The new UIDs, in the order of the messages given. */
  public record AppendResult(MailboxId mailbox, long uidValidity, long[] uids) {}

  /** The UIDs that were copied or moved, and their new ones, pairwise (RFC 4315 COPYUID). */
  public record CopyResult(
      MailboxId target, long uidValidity, long[] sourceUids, long[] targetUids) {}

  /**
   * @param changed the messages that changed, with their new flags and MODSEQ
   * @param modified the UIDs left alone because their MODSEQ was above UNCHANGEDSINCE (RFC 7162
   *     §3.1.3)
   */
  public record StoreResult(List<MessageEntry> changed, long[] modified) {}

  /** One message of an APPEND. */
  public record NewMessage(StagedContent content, MessageFlags flags, long internalDate) {}

  public Snapshot snapshot(MailboxId mailbox) {
    throw new UnsupportedOperationException();
  }

  /** Calls back for each message with {@code from <= uid <= to}, by UID. */
  public void scan(MailboxId mailbox, long from, long to, Consumer<MessageEntry> each) {
    throw new UnsupportedOperationException();
  }

  /** The messages with those UIDs, by UID. */
  public List<MessageEntry> entries(MailboxId mailbox, long[] uids) {
    throw new UnsupportedOperationException();
  }

  /** What changed after {@code modSeq}, as of one moment. */
  public Changes changesSince(MailboxId mailbox, long modSeq) {
    throw new UnsupportedOperationException();
  }

  /** Appends all or none (RFC 3502). @throws StorageException OVER_QUOTA, LIMIT */
  public AppendResult append(MailboxId mailbox, List<NewMessage> messages) {
    throw new UnsupportedOperationException();
  }

  /**
   * Changes flags; a message whose flags stay as they are keeps its MODSEQ and is not in the
   * result.
   */
  public StoreResult storeFlags(
      MailboxId mailbox, long[] uids, FlagChange change, OptionalLong unchangedSince) {
    throw new UnsupportedOperationException();
  }

  /**
   * Expunges those messages, whatever their flags. They can be restored during the retention.
   *
   * @param protocol who asked, for the audit log: {@code imap}, {@code pop3}, ...
   * @return the UIDs that were there
   */
  public long[] expunge(MailboxId mailbox, long[] uids, String protocol) {
    throw new UnsupportedOperationException();
  }

  /** Expunges those among {@code uids} that carry {@code \Deleted} at the moment of the change. */
  public long[] expungeDeleted(MailboxId mailbox, long[] uids, String protocol) {
    throw new UnsupportedOperationException();
  }

  /**
   * Copies all with flags and internal date, sharing the contents. @throws StorageException
   * OVER_QUOTA, NOT_FOUND
   */
  public CopyResult copy(MailboxId from, long[] uids, MailboxId to) {
    throw new UnsupportedOperationException();
  }

  /**
   * Moves all at once (RFC 6851). @throws StorageException NOT_FOUND; OVER_QUOTA between accounts
   */
  public CopyResult move(MailboxId from, long[] uids, MailboxId to) {
    throw new UnsupportedOperationException();
  }
}
