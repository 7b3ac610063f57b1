package org.postrider.control.operation;

import org.postrider.storage.Account;
import org.postrider.storage.Mailboxes;
import org.postrider.storage.Store;

/** Ends a subscription; the folder need not exist any more. */
public record FolderUnsubscribe(String user, String name)
    implements Operation<FolderUnsubscribe.Reply> {
  /** The folder whose subscription ended, and whether there was one. */
  public record Reply(String login, String name, boolean changed) {}

  @Override
  public Reply execute(Administration administration, Progress progress) throws Refusal {
    Store store = administration.store();
    Account account = Lookup.account(store, user);
    String canonical = Mailboxes.canonicalName(name);
    boolean subscribed = store.mailboxes().subscriptions(account.id()).contains(canonical);
    store.mailboxes().unsubscribe(account.id(), canonical);
    return new Reply(account.login(), canonical, subscribed);
  }
}
