package org.postrider.storage;

/** The special-use attributes of RFC 6154 §2 that a mailbox can carry. */
public enum SpecialUse {
  ALL("\\All"),
  ARCHIVE("\\Archive"),
  DRAFTS("\\Drafts"),
  FLAGGED("\\Flagged"),
  JUNK("\\Junk"),
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
