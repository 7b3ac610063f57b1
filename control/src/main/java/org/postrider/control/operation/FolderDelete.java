package org.postrider.control.operation;

import java.util.List;
import java.util.Optional;
import org.postrider.storage.Account;
import org.postrider.storage.Mailbox;
import org.postrider.storage.Store;

/** Deletes a folder; those below it stay. */
public record FolderDelete(String user, String name) implements Operation<FolderDelete.Reply> {
  /** The folder that was deleted, and how long its messages are kept yet. */
  public record Reply(String login, String name, long retentionSeconds) {}

  @Override
  public Reply execute(Administration administration, Progress progress) throws Refusal {
    Store store = administration.store();
    Account account = Lookup.account(store, user);
    String existing = existing(store, account, name);
    store.mailboxes().delete(account.id(), existing);
    return new Reply(account.login(), existing, store.settings().retention().toSeconds());
  }

  /** The canonical name of a folder that is there. */
  static String existing(Store store, Account account, String name) throws Refusal {
    Optional<Mailbox> mailbox = store.mailboxes().find(account.id(), name);
    if (mailbox.isPresent()) {
      return mailbox.get().name();
    }
    List<String> names = store.mailboxes().list(account.id()).stream().map(Mailbox::name).toList();
    throw new Refusal(
        Refusal.Reason.NOT_FOUND,
        account.login()
            + " has no folder '"
            + name
            + "'"
            + NearestName.of(name, names)
                .map(nearest -> "; did you mean '" + nearest + "'?")
                .orElse(": `postrider folder list " + account.login() + "` shows all."));
  }
}
