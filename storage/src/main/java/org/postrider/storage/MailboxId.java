package org.postrider.storage;

/**
 * Identifies a mailbox for ever, over renames; never reused (also the MAILBOXID of RFC 8474).
 *
 * @param value the number in the database, positive
 */
public record MailboxId(long value) {
  @Override
  public String toString() {
    return Long.toString(value);
  }
}
