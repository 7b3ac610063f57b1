package org.postrider.control.operation;

import java.util.List;
import org.postrider.storage.Account;
import org.postrider.storage.Alias;
import org.postrider.storage.Store;

/** Everything about a user. */
public record UserShow(String address) implements Operation<UserShow.Reply> {
  /**
   * The user.
   *
   * @param aliases addresses that lead to the user
   */
  public record Reply(UserView user, List<String> aliases, List<ClientSetting> clientSettings) {}

  @Override
  public Reply execute(Administration administration, Progress progress) throws Refusal {
    Store store = administration.store();
    Account account = Lookup.account(store, address);
    List<String> aliases =
        store.directory().aliases(null).stream()
            .filter(alias -> alias.targets().stream().anyMatch(account.addresses()::contains))
            .map(Alias::address)
            .toList();
    return new Reply(
        UserView.of(store, account),
        aliases,
        ClientSetting.of(administration.installation(), account.login()));
  }
}
