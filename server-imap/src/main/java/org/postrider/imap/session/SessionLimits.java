package org.postrider.imap.session;

import java.time.Duration;

/**
 * What commands need to know of the settings.
 *
 * @param messageBytesMax longest message of APPEND, octets
 * @param idleTimeout how long a logged-in client may be silent
 * @param loginTimeout how long one that is not
 * @param notifyMailboxesMax mailboxes that a session may watch beside the selected one
 * @param search limits of searching commands
 */
public record SessionLimits(
    long messageBytesMax,
    Duration idleTimeout,
    Duration loginTimeout,
    int notifyMailboxesMax,
    SearchLimits search) {}
