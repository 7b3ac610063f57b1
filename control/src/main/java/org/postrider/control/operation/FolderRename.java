package org.postrider.control.operation;

import org.postrider.storage.Account;
import org.postrider.storage.Store;

/** Renames a folder with all below it. */
public record FolderRename(String user, String from, String to)
    implements Operation<FolderRename.Reply> {
  /** The folder's names before and after. */
  public record Reply(String login, String from, String to) {}

  @Override
  public Reply execute(Administration administration, Progress progress) throws Refusal {
    Store store = administration.store();
    Account account = Lookup.account(store, user);
    String source = Lookup.folder(store, account, from).name();
    store.mailboxes().rename(account.id(), source, to);
    return new Reply(account.login(), source, to);
  }
}
