package org.postrider.control.operation;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postrider.storage.Account;
import org.postrider.storage.Mailbox;
import org.postrider.storage.Store;
import org.postrider.storage.Undelete;

/**
 * The messages of a folder, or those that were expunged from it and can be restored.
 *
 * @param deletedSince only what was expunged since then; null for the messages that are there
 * @param limit most messages in the reply, the last ones by UID: 1 to 10,000
 */
public record MessageList(String user, String folder, @Nullable Instant deletedSince, int limit)
    implements Operation<MessageList.Reply> {
  private static final int LIMIT_MAX = 10_000;
  private static final int PAGE = 1000;

  /**
   * The messages, by UID.
   *
   * @param total how many there are
   * @param bytes octets of all of them
   */
  public record Reply(
      String login, String folder, List<MessageView> messages, long total, long bytes) {}

  @Override
  public Reply execute(Administration administration, Progress progress) throws Refusal {
    if (limit < 1 || limit > LIMIT_MAX) {
      throw new Refusal(
          Refusal.Reason.BAD_ARGUMENT, "A limit is from 1 to " + LIMIT_MAX + " messages.");
    }
    Store store = administration.store();
    Account account = Lookup.account(store, user);
    Mailbox mailbox = Lookup.folder(store, account, folder);
    return deletedSince == null
        ? live(store, account, mailbox)
        : held(store, account, mailbox, deletedSince.toEpochMilli());
  }

  private Reply live(Store store, Account account, Mailbox mailbox) {
    long[] uids = store.messages().snapshot(mailbox.id()).uids();
    long[] last = Arrays.copyOfRange(uids, Math.max(0, uids.length - limit), uids.length);
    return new Reply(
        account.login(),
        mailbox.name(),
        MessageView.of(store, store.messages().entries(mailbox.id(), last)),
        mailbox.messages(),
        mailbox.size());
  }

  private Reply held(Store store, Account account, Mailbox mailbox, long since) {
    Undelete.Total total = store.undelete().total(mailbox.id(), since);
    Deque<Undelete.HeldMessage> last = new ArrayDeque<>();
    long after = 0;
    List<Undelete.HeldMessage> page;
    do {
      page = store.undelete().messages(mailbox.id(), since, after, PAGE);
      for (Undelete.HeldMessage held : page) {
        last.add(held);
        after = held.entry().uid();
        if (last.size() > limit) {
          last.remove();
        }
      }
    } while (page.size() == PAGE);
    return new Reply(
        account.login(),
        mailbox.name(),
        MessageView.ofHeld(store, new ArrayList<>(last)),
        total.messages(),
        total.octets());
  }
}
