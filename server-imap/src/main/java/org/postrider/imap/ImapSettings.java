package org.postrider.imap;

import java.time.Duration;

/**
 * Settings of IMAP.
 *
 * @param hostname our name in the greeting
 * @param lineBytesMax longest command line without its literals, octets
 * @param literalBytesMax longest literal that is no message, octets
 * @param messageBytesMax longest message of APPEND (APPENDLIMIT), octets
 * @param errorsMax bad commands in a row after which the session ends with BYE
 * @param idleTimeout RFC 9051 §5.4: at least 30 minutes
 * @param loginTimeout how long a session may stay without login
 * @param notifyMailboxesMax mailboxes that a session may watch beside the selected one (RFC 5465)
 */
public record ImapSettings(
    String hostname,
    int lineBytesMax,
    int literalBytesMax,
    long messageBytesMax,
    int errorsMax,
    Duration idleTimeout,
    Duration loginTimeout,
    int notifyMailboxesMax) {
  public static ImapSettings defaults(String hostname) {
    return new ImapSettings(
        hostname,
        64 << 10,
        256 << 10,
        100L << 20,
        20,
        Duration.ofMinutes(30),
        Duration.ofMinutes(3),
        1_000);
  }
}
