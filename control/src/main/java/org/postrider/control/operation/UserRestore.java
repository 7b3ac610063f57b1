package org.postrider.control.operation;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.postrider.storage.Account;
import org.postrider.storage.Store;
import org.postrider.storage.Undelete;

/**
 * Restores a removed user with the folders and messages of that moment, but without a password.
 *
 * @param as the user's new address, or null for the old one
 */
public record UserRestore(String address, @Nullable String as)
    implements Operation<UserRestore.Reply> {
  /**
   * The user.
   *
   * @param bytes octets of the messages
   */
  public record Reply(String login, long messages, long bytes) {}

  @Override
  public Reply execute(Administration administration, Progress progress) throws Refusal {
    Store store = administration.store();
    String wanted = Lookup.address(address).toLowerCase(Locale.ROOT);
    List<Undelete.RemovedAccount> removed = store.undelete().accounts();
    Optional<Undelete.RemovedAccount> found =
        removed.stream().filter(account -> account.login().equals(wanted)).findFirst();
    if (found.isEmpty()) {
      throw new Refusal(
          Refusal.Reason.NOT_FOUND,
          "There is no removed user "
              + address
              + NearestName.of(
                      wanted, removed.stream().map(Undelete.RemovedAccount::login).toList())
                  .map(nearest -> "; did you mean " + nearest + "?")
                  .orElse(": `postrider user list --removed` shows all."));
    }
    String login = as == null ? wanted : Lookup.address(as);
    Account account = store.undelete().restoreAccount(found.get().id(), login);
    return new Reply(account.login(), found.get().messages(), found.get().octets());
  }
}
