package org.postrider.control.operation;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.postrider.storage.Account;
import org.postrider.storage.Mailbox;
import org.postrider.storage.Store;

/** The folders of a user. */
public record FolderList(String user) implements Operation<FolderList.Reply> {
  /**
   * A folder.
   *
   * @param specialUse as IMAP names it, or null
   * @param bytes octets of all messages
   */
  public record Folder(
      String name,
      @Nullable String specialUse,
      long messages,
      long unseen,
      long bytes,
      boolean subscribed) {}

  /**
   * The folders, INBOX first.
   *
   * @param subscribedWithoutFolder subscribed names that do not exist (any more)
   * @param deleted folders that can be restored, the last one first
   */
  public record Reply(
      String login,
      List<Folder> folders,
      List<String> subscribedWithoutFolder,
      List<Deleted> deleted) {}

  /**
   * A folder that can be restored.
   *
   * @param bytes octets of all messages
   * @param deleted when
   */
  public record Deleted(String name, long messages, long bytes, Instant deleted) {}

  @Override
  public Reply execute(Administration administration, Progress progress) throws Refusal {
    Store store = administration.store();
    Account account = Lookup.account(store, user);
    Set<String> subscribed = new TreeSet<>(store.mailboxes().subscriptions(account.id()));
    List<Folder> folders = new ArrayList<>();
    for (Mailbox mailbox : store.mailboxes().list(account.id())) {
      folders.add(
          new Folder(
              mailbox.name(),
              mailbox.specialUse() == null ? null : mailbox.specialUse().imapName(),
              mailbox.messages(),
              mailbox.unseen(),
              mailbox.size(),
              subscribed.remove(mailbox.name())));
    }
    List<Deleted> deleted =
        store.undelete().mailboxes(account.id()).stream()
            .map(gone ->
                new Deleted(
                    gone.mailbox().name(),
                    gone.mailbox().messages(),
                    gone.mailbox().size(),
                    Instant.ofEpochMilli(gone.deletedAt())))
            .toList();
    return new Reply(account.login(), folders, List.copyOf(subscribed), deleted);
  }
}
