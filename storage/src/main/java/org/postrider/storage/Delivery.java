package org.postrider.storage;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One message with all its destinations, made durable in one step.
 *
 * @param reversePath the envelope's sender, empty for {@code <>}
 * @param local mailboxes to file it in
 * @param remote to queue it for
 * @param envelopeOptions parameters of MAIL that the queue must keep (BODY=8BITMIME, SMTPUTF8, RET,
 *     ENVID), as given
 * @param internalDate epoch milliseconds
 * @param sessionId for the audit log
 * @param authenticated the account that handed it in, or null
 * @param priority of what is queued, -9 to 9: the higher is leased first
 * @param notBefore when what is queued may first be tried, epoch milliseconds; 0 for at once
 */
public record Delivery(
    StagedContent content,
    String reversePath,
    List<Target> local,
    List<Remote> remote,
    String envelopeOptions,
    long internalDate,
    String sessionId,
    @Nullable AccountId authenticated,
    int priority,
    long notBefore) {

  /** A delivery of priority 0 that is tried at once. */
  public Delivery(
      StagedContent content,
      String reversePath,
      List<Target> local,
      List<Remote> remote,
      String envelopeOptions,
      long internalDate,
      String sessionId,
      @Nullable AccountId authenticated) {
    this(
        content,
        reversePath,
        local,
        remote,
        envelopeOptions,
        internalDate,
        sessionId,
        authenticated,
        0,
        0);
  }

  /**
   * A mailbox of an account. The mailbox is looked up by name at the moment of filing; INBOX when
   * it is not there.
   *
   * @param recipient the address it came for, for the audit log
   */
  public record Target(AccountId account, String mailbox, String recipient) {}

  /**
   * A recipient that waits in the queue: in a domain that is not ours, or in one of ours when the
   * message may not be filed yet.
   *
   * @param parameters of RCPT that the queue must keep (NOTIFY, ORCPT; RFC 3461 §4), as given
   */
  public record Remote(String address, String parameters) {
    public Remote(String address) {
      this(address, "");
    }

    /** What follows the last {@code @}, in lower case. */
    String domain() {
      return address.substring(address.lastIndexOf('@') + 1).toLowerCase(Locale.ROOT);
    }
  }

  /**
   * @param queueEntry null when nothing was queued
   */
  public record Result(List<Filed> filed, @Nullable QueueEntryId queueEntry) {}

  /** Where a copy went. */
  public record Filed(Target target, MailboxId mailbox, long uidValidity, long uid) {}
}
