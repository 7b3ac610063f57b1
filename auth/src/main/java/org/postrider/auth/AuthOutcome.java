package org.postrider.auth;

/** How an authentication ended. */
public sealed interface AuthOutcome {
  /**
   * @param account the account's number
   * @param login its canonical login
   * @param detail what followed {@code +} in the user name ({@code user+folder@domain}), or empty
   */
  record Success(long account, String login, String detail) implements AuthOutcome {}

  record Failure(Reason reason) implements AuthOutcome {}

  /** Why it failed. */
  enum Reason {
    /** Unknown user or wrong password; a client never learns which. */
    INVALID,
    DISABLED,
    /** The client cancelled with {@code *}. */
    CANCELLED,
    /** What the client sent is not the mechanism's syntax. */
    MALFORMED,
    /** Too many failures lately, and the delay is at its end: try later. */
    THROTTLED,
    /** The store does not answer. */
    UNAVAILABLE
  }
}
