package org.postrider.control.operation;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.postrider.storage.Account;
import org.postrider.storage.Mailbox;
import org.postrider.storage.Store;
import org.postrider.storage.Undelete;

/**
 * Restores a folder that was deleted, with the messages it had; the last one when several had that
 * name.
 *
 * @param to its new name, or null for the one it had
 */
public record FolderRestore(String user, String name, @Nullable String to)
    implements Operation<FolderRestore.Reply> {
  /**
   * The folder.
   *
   * @param bytes octets of its messages
   * @param sameUidValidity whether mail clients can keep what they know of it
   */
  public record Reply(
      String login, String name, long messages, long bytes, boolean sameUidValidity) {}

  @Override
  public Reply execute(Administration administration, Progress progress) throws Refusal {
    Store store = administration.store();
    Account account = Lookup.account(store, user);
    List<Mailbox> deleted =
        store.undelete().mailboxes(account.id()).stream()
            .map(Undelete.DeletedMailbox::mailbox)
            .toList();
    Optional<Mailbox> mailbox = deleted.stream().filter(m -> m.name().equals(name)).findFirst();
    if (mailbox.isEmpty()) {
      throw new Refusal(
          Refusal.Reason.NOT_FOUND,
          account.login()
              + " has no deleted folder '"
              + name
              + "'"
              + NearestName.of(name, deleted.stream().map(Mailbox::name).toList())
                  .map(nearest -> "; did you mean '" + nearest + "'?")
                  .orElse(
                      ": `postrider folder list " + account.login() + " --deleted` shows all."));
    }
    String target = to == null ? name : to;
    if (store.mailboxes().find(account.id(), target).isPresent()) {
      throw new Refusal(
          Refusal.Reason.ALREADY_EXISTS,
          account.login()
              + " has a folder '"
              + target
              + "' now: restore the deleted one under another name with --to.");
    }
    Mailbox restored = store.undelete().restoreMailbox(account.id(), mailbox.get().id(), target);
    return new Reply(
        account.login(),
        restored.name(),
        restored.messages(),
        restored.size(),
        restored.uidValidity() == mailbox.get().uidValidity());
  }
}
