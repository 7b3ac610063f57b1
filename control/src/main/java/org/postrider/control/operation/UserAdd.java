package org.postrider.control.operation;

import java.util.List;
import org.postrider.storage.Account;
import org.postrider.storage.Directory;

/** Adds a user, and its domain when that is not ours yet. */
public record UserAdd(String address, String password) implements Operation<UserAdd.Reply> {
  /**
   * The new user.
   *
   * @param newDomain whether the domain came with it
   * @param clientSettings what to enter in a mail client
   */
  public record Reply(UserView user, boolean newDomain, List<ClientSetting> clientSettings) {}

  @Override
  public Reply execute(Administration administration, Progress progress) throws Refusal {
    Directory directory = administration.store().directory();
    String wanted = Lookup.address(address);
    boolean newDomain = !directory.isLocalDomain(wanted.substring(wanted.lastIndexOf('@') + 1));
    Account account = directory.createAccount(wanted, Lookup.credential(password));
    return new Reply(
        UserView.of(administration.store(), account),
        newDomain,
        ClientSetting.of(administration.installation(), account.login()));
  }

  /** Without the password. */
  @Override
  public String toString() {
    return "UserAdd[" + address + "]";
  }

  @Override
  public boolean startsInstallation() {
    return true;
  }
}
