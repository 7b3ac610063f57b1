package org.postrider.smtp;

/** Where a message goes (RFC 5321 §4.1.2); its source route, if any, was left out (§4.1.1.3). */
sealed interface ForwardPath {
  /** {@code <postmaster>} without a domain (RFC 5321 §4.5.1). */
  record Postmaster() implements ForwardPath {
    @Override
    public String toString() {
      return "postmaster";
    }
  }

  record Recipient(MailAddress address) implements ForwardPath {
    @Override
    public String toString() {
      return address.toString();
    }
  }
}
