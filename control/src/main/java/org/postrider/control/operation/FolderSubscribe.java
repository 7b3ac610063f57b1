package org.postrider.control.operation;

import org.postrider.storage.Account;
import org.postrider.storage.Store;

/** Subscribes a user to a folder, so that mail clients show it. */
public record FolderSubscribe(String user, String name)
    implements Operation<FolderSubscribe.Reply> {
  /** The folder that is subscribed. */
  public record Reply(String login, String name) {}

  @Override
  public Reply execute(Administration administration, Progress progress) throws Refusal {
    Store store = administration.store();
    Account account = Lookup.account(store, user);
    String existing = Lookup.folder(store, account, name).name();
    store.mailboxes().subscribe(account.id(), existing);
    return new Reply(account.login(), existing);
  }
}
