package org.postrider.storage;

/**
 * The store refused a request or could not carry it out; nothing was changed. Front-ends map the
 * {@link Reason} to the code of their protocol and show {@link #getMessage()}, which names no
 * internals.
 */
public final class StorageException extends RuntimeException {
  /** Why. All but {@code UNAVAILABLE} are the caller's to mend. */
  public enum Reason {
    /** The mailbox, account, domain, alias or message is not there (or not any more). */
    NOT_FOUND,
    ALREADY_EXISTS,
    /** The name or address breaks a rule; the message says which. */
    BAD_NAME,
    OVER_QUOTA,
    /** A limit of the store (mailboxes of an account, keywords of a mailbox, ...). */
    LIMIT,
    /** It may not be done to this object: INBOX deleted, a domain removed that has users, ... */
    CANNOT,
    /** It is just being used for something else; the same may be done a moment later. */
    IN_USE,
    /** The content is longer than allowed. */
    TOO_BIG,
    /** The disk is nearly full; what makes room is still done. */
    NO_SPACE,
    /** The disk does not give back what was stored there; what lies elsewhere is not affected. */
    DAMAGED,
    /** The store can't do it now: it is closing, or the disk failed. */
    UNAVAILABLE
  }

  private final Reason reason;

  public StorageException(Reason reason, String message) {
    super(message);
    this.reason = reason;
  }

  public StorageException(Reason reason, String message, Throwable cause) {
    super(message, cause);
    this.reason = reason;
  }

  public Reason reason() {
    return reason;
  }
}
