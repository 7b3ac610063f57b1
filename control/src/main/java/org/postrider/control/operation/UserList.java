package org.postrider.control.operation;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postrider.storage.Store;

/**
 * The users.
 *
 * @param domain of this domain only, or null for all
 */
public record UserList(@Nullable String domain) implements Operation<UserList.Reply> {
  /**
   * The users, sorted by login.
   *
   * @param removed users that can be restored, the last one first
   */
  public record Reply(List<UserView> users, List<Removed> removed) {}

  /**
   * A user that can be restored.
   *
   * @param bytes octets of all messages
   * @param removed when
   */
  public record Removed(String login, long messages, long bytes, Instant removed) {}

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
        store.directory().accounts(domain).stream().map(a -> UserView.of(store, a)).toList(),
        store.undelete().accounts().stream()
            .filter(gone -> domain == null || gone.login().endsWith("@" + domain))
            .map(gone ->
                new Removed(
                    gone.login(),
                    gone.messages(),
                    gone.octets(),
                    Instant.ofEpochMilli(gone.removedAt())))
            .toList());
  }
}
