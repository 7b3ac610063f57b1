package org.postrider.control.operation;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postrider.storage.Store;

/**
 * The users.
 *
 * @param domain of this domain only, or null for all
 */
public record UserList(@Nullable String domain) implements Operation<UserList.Reply> {
  /** The users, sorted by login. */
  public record Reply(List<UserView> users) {}

  @Override
  public Reply execute(Administration administration, Progress progress) throws Refusal {
    Store store = administration.store();
    if (domain != null && !store.directory().isLocalDomain(Lookup.domain(domain))) {
      throw new Refusal(
          Refusal.Reason.NOT_FOUND,
          domain
              + " is not one of our domains"
              + NearestName.question(domain, store.directory().domains()));
    }
    return new Reply(
        store.directory().accounts(domain).stream().map(a -> UserView.of(store, a)).toList());
  }
}
