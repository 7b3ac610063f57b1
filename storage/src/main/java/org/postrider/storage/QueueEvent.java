package org.postrider.storage;

/**
 * What happened to a recipient in the queue, or to all of an entry.
 *
 * @param at epoch milliseconds
 * @param recipient its number within the entry, -1 for all of them
 * @param attempt its number, from 1 on; 0 for what was no attempt
 * @param kind {@code queued} at the beginning; {@code sent}, {@code deferred}, {@code failed},
 *     {@code dead-letter} or {@code filed} after an attempt; {@code report} when the sender was
 *     told; or what an administrator did, for instance {@code hold}
 * @param address the recipient's, or empty for all
 * @param host the other server, or empty when none was reached
 * @param tls how the connection was protected, or empty when it was not
 * @param reply what the attempt ended with; or who the administrator was, and what he said
 * @param audit the number of the audit log's row about what was queued or reported, or 0
 */
public record QueueEvent(
    QueueEntryId entry,
    long at,
    int recipient,
    int attempt,
    String kind,
    String address,
    String host,
    String tls,
    String reply,
    long audit) {
  /** What the audit log tells no more of. */
  public QueueEvent(
      QueueEntryId entry,
      long at,
      int recipient,
      int attempt,
      String kind,
      String address,
      String host,
      String tls,
      String reply) {
    this(entry, at, recipient, attempt, kind, address, host, tls, reply, 0);
  }

  /** Attempts that are kept of each recipient, the newest ones. */
  public static final int ATTEMPTS_MAX = 64;

  /** What else is kept of each recipient, and of each entry as a whole, the newest ones. */
  public static final int CHANGES_MAX = 64;

  /** Whether it is an attempt to deliver. */
  public boolean isAttempt() {
    return attempt > 0;
  }
}
