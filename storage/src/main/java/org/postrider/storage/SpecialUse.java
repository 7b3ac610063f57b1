package org.postrider.storage;

/** The special-use attributes of RFC 6154 §2, and of IANA's registry, that a mailbox can carry. */
public enum SpecialUse {
  ALL("\\All"),
  ARCHIVE("\\Archive"),
  DRAFTS("\\Drafts"),
  FLAGGED("\\Flagged"),
  JUNK("\\Junk"),
  /** Of the Outbox, which the store makes: messages that are to be sent. */
  SCHEDULED("\\Scheduled"),
  SENT("\\Sent"),
  TRASH("\\Trash");

  private final String imapName;

  SpecialUse(String imapName) {
    this.imapName = imapName;
  }

  /** The attribute as LIST shows it. */
  public String imapName() {
    return imapName;
  }
}
