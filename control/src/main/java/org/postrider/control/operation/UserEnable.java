package org.postrider.control.operation;

import org.postrider.storage.Account;
import org.postrider.storage.Store;

/** Lets a user log in and get mail again. */
public record UserEnable(String address) implements Operation<UserEnable.Reply> {
  /** The user, and whether that was any change. */
  public record Reply(String login, boolean changed) {}

  @Override
  public Reply execute(Administration administration, Progress progress) throws Refusal {
    Store store = administration.store();
    Account account = Lookup.account(store, address);
    store.directory().setEnabled(account.id(), true);
    administration.credentialChanged(account.id());
    return new Reply(account.login(), !account.enabled());
  }
}
