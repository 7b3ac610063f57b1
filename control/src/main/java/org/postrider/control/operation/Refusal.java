package org.postrider.control.operation;

import org.jspecify.annotations.Nullable;
import org.postrider.storage.StorageException;

/** An operation was not carried out; the message says in one sentence what to do. */
public final class Refusal extends Exception {
  private static final long serialVersionUID = 1;

  /** Why. */
  public enum Reason {
    NOT_FOUND,
    ALREADY_EXISTS,
    /** An argument breaks a rule. */
    BAD_ARGUMENT,
    /** A limit or a quota. */
    LIMIT,
    /** It may not be done to this object, or in this state. */
    CANNOT,
    /** The store or the server does not answer. */
    UNAVAILABLE
  }

  private final Reason reason;

  public Refusal(Reason reason, String message) {
    super(message);
    this.reason = reason;
  }

  private Refusal(Reason reason, String message, Throwable cause) {
    super(message, cause);
    this.reason = reason;
  }

  /** What the store refused. */
  public static Refusal of(StorageException e) {
    Reason reason =
        switch (e.reason()) {
          case NOT_FOUND -> Reason.NOT_FOUND;
          case ALREADY_EXISTS -> Reason.ALREADY_EXISTS;
          case BAD_NAME -> Reason.BAD_ARGUMENT;
          case OVER_QUOTA, LIMIT, TOO_BIG, NO_SPACE -> Reason.LIMIT;
          case CANNOT, IN_USE -> Reason.CANNOT;
          case DAMAGED, UNAVAILABLE -> Reason.UNAVAILABLE;
        };
    return new Refusal(reason, sentence(e.getMessage()), e);
  }

  public Reason reason() {
    return reason;
  }

  /** The message; never null. */
  public String sentence() {
    return sentence(getMessage());
  }

  private static String sentence(@Nullable String message) {
    if (message == null || message.isEmpty()) {
      return "The store gave no reason.";
    }
    return message.matches("(?s).*[.?!]") ? message : message + ".";
  }
}
