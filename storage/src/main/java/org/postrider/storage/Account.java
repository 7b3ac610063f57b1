package org.postrider.storage;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A person's login.
 *
 * @param login the first address; also what the person logs in with (any of the addresses does)
 * @param addresses all addresses, in canonical form, the login first
 * @param credential the stored credential in the text form of the auth module; null forbids every
 *     login
 * @param quotaBytes most octets, 0 for no limit
 * @param quotaMessages most messages, 0 for no limit
 * @param created epoch milliseconds
 * @param holdSeconds how long what it hands in waits in the queue, so that it can be taken back;
 *     null for as long as anybody's
 */
public record Account(
    AccountId id,
    String login,
    List<String> addresses,
    @Nullable String credential,
    boolean enabled,
    long quotaBytes,
    long quotaMessages,
    long created,
    @Nullable Integer holdSeconds) {}
