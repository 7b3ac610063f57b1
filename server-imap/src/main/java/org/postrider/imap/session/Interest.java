package org.postrider.imap.session;

/** Which changes of the selected mailbox a client wants to hear of at all (RFC 5465 §6.1). */
public enum Interest {
  NONE,
  /** New and expunged messages. */
  MESSAGES,
  /** Flags too. */
  ALL
}
