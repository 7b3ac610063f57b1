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
 * @param notBefore when what is queued may first be tried, epoch milliseconds; 0 for at once,
 *     {@link #ON_HOLD} for when an administrator has released it
 * @param origin for the audit log
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
    long notBefore,
    Origin origin) {
  /** No time: what is queued is {@link DeliveryQueue.State#HELD} from the start. */
  public static final long ON_HOLD = Long.MAX_VALUE;

  /** One of which no more is known. */
  public Delivery(
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
    this(
        content,
        reversePath,
        local,
        remote,
        envelopeOptions,
        internalDate,
        sessionId,
        authenticated,
        priority,
        notBefore,
        Origin.UNKNOWN);
  }

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
   * Where a message comes from, in words, for the audit log.
   *
   * @param client address, name, protocol and TLS of who handed it in, or empty
   * @param checks what was checked, and with which result, or empty
   * @param reportOn the queue entry that it reports on, or null
   */
  public record Origin(String client, String checks, @Nullable QueueEntryId reportOn) {
    /** Nothing is known. */
    public static final Origin UNKNOWN = new Origin("", "", null);
  }

  /**
   * A mailbox of an account. The mailbox is looked up by name at the moment of filing; INBOX when
   * it is not there, or is the Outbox.
   *
   * @param recipient the address it came for, for the audit log
   */
  public record Target(AccountId account, String mailbox, String recipient, WhenFull whenFull) {
    /** One that is refused when it is full. */
    public Target(AccountId account, String mailbox, String recipient) {
      this(account, mailbox, recipient, WhenFull.REFUSE);
    }
  }

  /** What is done when a target's account is over its quota. */
  public enum WhenFull {
    /** The delivery is refused for all. */
    REFUSE,
    /** It is left out, and named in the result. */
    LEAVE_OUT,
    /** Its recipient is queued, to be tried again. */
    QUEUE
  }

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
   * @param leftOut targets that are full; when they were all there is, nothing was stored
   */
  public record Result(
      List<Filed> filed, @Nullable QueueEntryId queueEntry, List<Target> leftOut) {}

  /** Where a copy went. */
  public record Filed(Target target, MailboxId mailbox, long uidValidity, long uid) {}
}
