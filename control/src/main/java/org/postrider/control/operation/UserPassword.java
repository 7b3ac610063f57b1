package org.postrider.control.operation;

import org.postrider.storage.Account;
import org.postrider.storage.Store;

/** Sets a user's password. */
public record UserPassword(String address, String password)
    implements Operation<UserPassword.Reply> {
  /** The user whose password was set. */
  public record Reply(String login) {}

  @Override
  public Reply execute(Administration administration, Progress progress) throws Refusal {
    Store store = administration.store();
    Account account = Lookup.account(store, address);
    store.directory().setCredential(account.id(), Lookup.credential(password));
    administration.credentialChanged(account.id());
    return new Reply(account.login());
  }

  /** Without the password. */
  @Override
  public String toString() {
    return "UserPassword[" + address + "]";
  }
}
