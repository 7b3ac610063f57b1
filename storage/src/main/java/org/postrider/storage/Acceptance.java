package org.postrider.storage;

import java.util.List;
import java.util.Optional;

/**
 * A message that was accepted, as the audit log has it.
 *
 * @param id of the first row in the log
 * @param at epoch milliseconds
 * @param session the id that the client was told
 * @param account that handed it in after AUTH
 * @param messageId without angle brackets, or empty
 * @param reversePath of the envelope, empty for {@code <>}
 * @param client who handed it in: address, name, protocol, TLS; or empty
 * @param checks what was checked, in words; or empty
 * @param reportOn the queue entry that it reports on
 * @param entry its own number in the queue
 * @param copies where it was filed
 */
public record Acceptance(
    long id,
    long at,
    String session,
    Optional<AccountId> account,
    String messageId,
    String reversePath,
    String client,
    String checks,
    Optional<QueueEntryId> reportOn,
    Optional<QueueEntryId> entry,
    List<Copy> copies) {
  /** A copy in a mailbox, at first. */
  public record Copy(String recipient, MailboxId mailbox, long uid) {}

  /**
   * What has become of a copy.
   *
   * @param login of the account; empty when it is gone
   * @param mailbox the name that it has now; empty when it is gone
   * @param end {@code move}, or the protocol by which it was expunged; empty while it is there
   * @param endedAt epoch milliseconds, 0 while it is there
   */
  public record Fate(String login, String mailbox, String end, long endedAt) {}
}
