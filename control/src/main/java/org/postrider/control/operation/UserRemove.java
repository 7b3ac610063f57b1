package org.postrider.control.operation;

import org.postrider.storage.Account;
import org.postrider.storage.Store;

/** Removes a user with all addresses; the mail goes after the retention. */
public record UserRemove(String address) implements Operation<UserRemove.Reply> {
  /** The user that was removed, and how long the mail is kept yet. */
  public record Reply(String login, long retentionSeconds) {}

  @Override
  public Reply execute(Administration administration, Progress progress) throws Refusal {
    Store store = administration.store();
    Account account = Lookup.account(store, address);
    store.directory().removeAccount(account.id());
    administration.credentialChanged(account.id());
    return new Reply(account.login(), store.settings().retention().toSeconds());
  }
}
