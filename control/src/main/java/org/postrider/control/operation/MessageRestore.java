package org.postrider.control.operation;

import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.postrider.storage.Account;
import org.postrider.storage.Mailbox;
import org.postrider.storage.QuotaUsage;
import org.postrider.storage.Store;
import org.postrider.storage.Undelete;

/**
 * Restores messages that were expunged from a folder, by UID or by when they went. To do it again
 * restores nothing more.
 *
 * @param deletedSince what was expunged since then
 * @param uids those only; empty for all
 * @param to the folder they go to, or null for the one they were in
 * @param dryRun only counts them
 */
public record MessageRestore(
    String user,
    String folder,
    Instant deletedSince,
    List<Long> uids,
    @Nullable String to,
    boolean dryRun)
    implements Operation<MessageRestore.Reply> {
  /** Messages of one commit. */
  private static final int BATCH = 500;

  /**
   * What was restored, or would be.
   *
   * @param bytes octets of those messages
   * @param notHeld UIDs that were asked for and cannot be restored (any more)
   */
  public record Reply(
      String login,
      String folder,
      String to,
      boolean dryRun,
      long messages,
      long bytes,
      List<Long> notHeld) {}

  @Override
  public Reply execute(Administration administration, Progress progress) throws Refusal {
    Store store = administration.store();
    Account account = Lookup.account(store, user);
    Mailbox from = Lookup.folder(store, account, folder);
    Mailbox target = to == null ? from : Lookup.folder(store, account, to);
    long until = Instant.now().toEpochMilli();
    Set<Long> notHeld = new TreeSet<>(uids);
    long messages = 0;
    long bytes = 0;
    for (Batch batch = next(store, from, until, 0); !batch.end(); ) {
      messages += batch.messages().size();
      bytes += batch.messages().stream().mapToLong(held -> held.entry().size()).sum();
      batch.messages().forEach(held -> notHeld.remove(held.entry().uid()));
      batch = next(store, from, until, batch.last());
    }
    requireRoom(store.directory().quota(account.id()), messages, bytes);
    long done = 0;
    if (!dryRun) {
      for (Batch batch = next(store, from, until, 0); !batch.end(); ) {
        long[] these = batch.messages().stream().mapToLong(h -> h.entry().uid()).toArray();
        done += store.undelete().restore(from.id(), these, target.id()).targetUids().length;
        progress.report("messages", done, messages);
        batch = next(store, from, until, batch.last());
      }
    }
    return new Reply(
        account.login(),
        from.name(),
        target.name(),
        dryRun,
        dryRun ? messages : done,
        bytes,
        List.copyOf(notHeld));
  }

  /**
   * Some messages.
   *
   * @param last the UID to go on after
   */
  private record Batch(List<Undelete.HeldMessage> messages, long last, boolean end) {}

  /** The next messages that are wanted; what is expunged while this runs is not. */
  private Batch next(Store store, Mailbox from, long until, long after) {
    List<Undelete.HeldMessage> page =
        store.undelete().messages(from.id(), deletedSince.toEpochMilli(), after, BATCH);
    if (page.isEmpty()) {
      return new Batch(page, after, true);
    }
    Set<Long> wanted = Set.copyOf(uids);
    List<Undelete.HeldMessage> those =
        page.stream()
            .filter(held -> held.expungedAt() <= until)
            .filter(held -> wanted.isEmpty() || wanted.contains(held.entry().uid()))
            .toList();
    return new Batch(those, page.getLast().entry().uid(), false);
  }

  private void requireRoom(QuotaUsage quota, long messages, long bytes) throws Refusal {
    boolean full =
        (quota.bytesMax() != 0 && quota.bytes() + bytes > quota.bytesMax())
            || (quota.messagesMax() != 0 && quota.messages() + messages > quota.messagesMax());
    if (full) {
      throw new Refusal(
          Refusal.Reason.LIMIT,
          messages
              + " messages of "
              + bytes
              + " octets do not fit the quota of "
              + user
              + ": raise it with `postrider user quota "
              + user
              + "`, or restore fewer.");
    }
  }
}
