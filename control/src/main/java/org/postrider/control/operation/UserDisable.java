package org.postrider.control.operation;

import org.postrider.storage.Account;
import org.postrider.storage.Store;

/** Forbids a user to log in and to get mail; what is there stays. */
public record UserDisable(String address) implements Operation<UserDisable.Reply> {
  /** The user, and whether that was any change. */
  public record Reply(String login, boolean changed) {}

  @Override
  public Reply execute(Administration administration, Progress progress) throws Refusal {
    Store store = administration.store();
    Account account = Lookup.account(store, address);
    store.directory().setEnabled(account.id(), false);
    administration.credentialChanged(account.id());
    return new Reply(account.login(), account.enabled());
  }
}
