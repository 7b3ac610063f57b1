package org.postrider.control.operation;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postrider.storage.Account;
import org.postrider.storage.QuotaUsage;
import org.postrider.storage.Store;

/**
 * A user as administrators see one.
 *
 * @param hasPassword without one no login succeeds
 * @param bytes octets of all messages
 * @param bytesMax 0 for no limit
 * @param messagesMax 0 for no limit
 * @param holdSeconds how long what the user submits waits before it is sent, or null for what
 *     {@code queue.hold-seconds} says
 */
public record UserView(
    String login,
    List<String> addresses,
    boolean enabled,
    boolean hasPassword,
    long bytes,
    long bytesMax,
    long messages,
    long messagesMax,
    Instant created,
    @Nullable Integer holdSeconds) {

  static UserView of(Store store, Account account) {
    QuotaUsage usage = store.directory().quota(account.id());
    return new UserView(
        account.login(),
        account.addresses(),
        account.enabled(),
        account.credential() != null,
        usage.bytes(),
        usage.bytesMax(),
        usage.messages(),
        usage.messagesMax(),
        Instant.ofEpochMilli(account.created()),
        account.holdSeconds());
  }
}
