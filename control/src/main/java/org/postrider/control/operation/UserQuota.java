package org.postrider.control.operation;

import org.jspecify.annotations.Nullable;
import org.postrider.storage.Account;
import org.postrider.storage.Store;

/**
 * Shows or sets a user's quota.
 *
 * @param bytesMax octets; 0 lifts the limit, null leaves it
 * @param messagesMax 0 lifts the limit, null leaves it
 */
public record UserQuota(String address, @Nullable Long bytesMax, @Nullable Long messagesMax)
    implements Operation<UserQuota.Reply> {
  /** The user with the quota as it is now. */
  public record Reply(UserView user) {}

  @Override
  public Reply execute(Administration administration, Progress progress) throws Refusal {
    Store store = administration.store();
    Account account = Lookup.account(store, address);
    if (bytesMax != null || messagesMax != null) {
      store
          .directory()
          .setQuota(
              account.id(),
              limit(bytesMax, account.quotaBytes()),
              limit(messagesMax, account.quotaMessages()));
      account = Lookup.account(store, address);
    }
    return new Reply(UserView.of(store, account));
  }

  private static long limit(@Nullable Long wanted, long present) throws Refusal {
    if (wanted == null) {
      return present;
    }
    if (wanted < 0) {
      throw new Refusal(
          Refusal.Reason.BAD_ARGUMENT, "A quota is not negative: give 0 to lift the limit.");
    }
    return wanted;
  }
}
