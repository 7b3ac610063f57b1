package org.postrider.control.operation;

import org.jspecify.annotations.Nullable;
import org.postrider.storage.Account;
import org.postrider.storage.Store;

/**
 * Sets what is a user's own in place of what the configuration says for all.
 *
 * @param holdSeconds how long what the user submits waits before it is sent, 0 to {@value
 *     #HOLD_SECONDS_MAX}; {@value #AS_CONFIGURED} for what {@code queue.hold-seconds} says; null
 *     leaves it
 */
public record UserSet(String address, @Nullable Integer holdSeconds)
    implements Operation<UserSet.Reply> {
  /** Not a value of the user's own. */
  public static final int AS_CONFIGURED = -1;

  /** A day. */
  public static final int HOLD_SECONDS_MAX = 86_400;

  /** The user as it is now. */
  public record Reply(UserView user) {}

  @Override
  public Reply execute(Administration administration, Progress progress) throws Refusal {
    Store store = administration.store();
    Account account = Lookup.account(store, address);
    if (holdSeconds != null) {
      if (holdSeconds < AS_CONFIGURED || holdSeconds > HOLD_SECONDS_MAX) {
        throw new Refusal(
            Refusal.Reason.BAD_ARGUMENT,
            "Mail is held for 0 to " + HOLD_SECONDS_MAX + " seconds, not for " + holdSeconds + ".");
      }
      store
          .directory()
          .setHoldSeconds(account.id(), holdSeconds == AS_CONFIGURED ? null : holdSeconds);
      account = Lookup.account(store, address);
    }
    return new Reply(UserView.of(store, account));
  }
}
