package org.postrider.message;

import java.util.List;

/**
 * An address of a header field (RFC 5322 §3.4): a mailbox or a group. Not to be confused with the
 * paths of an SMTP envelope. What is missing is an empty string; quoting is removed, encoded words
 * are left.
 */
public sealed interface Address {

  /**
   * One mailbox.
   *
   * @param name the display name; where there is none, a comment after the address
   * @param route the source route of RFC 5322 §4.4 without its colon
   * @param localPart before the at sign
   * @param domain after it; a domain literal keeps its brackets
   */
  record Mailbox(String name, String route, String localPart, String domain) implements Address {

    /** {@code localPart@domain}, or the local part alone where there is no domain. */
    public String spec() {
      return domain.isEmpty() ? localPart : localPart + '@' + domain;
    }
  }

  /** A named group, which may be empty. */
  record Group(String name, List<Mailbox> members) implements Address {
    public Group {
      members = List.copyOf(members);
    }
  }
}
