package org.postrider.control.operation;

import org.postrider.storage.Account;
import org.postrider.storage.Store;

/** Deletes a folder; those below it stay. */
public record FolderDelete(String user, String name) implements Operation<FolderDelete.Reply> {
  /** The folder that was deleted, and how long its messages are kept yet. */
  public record Reply(String login, String name, long retentionSeconds) {}

  @Override
  public Reply execute(Administration administration, Progress progress) throws Refusal {
    Store store = administration.store();
    Account account = Lookup.account(store, user);
    String existing = Lookup.folder(store, account, name).name();
    store.mailboxes().delete(account.id(), existing);
    return new Reply(account.login(), existing, store.settings().retention().toSeconds());
  }
}
