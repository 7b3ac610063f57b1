package org.postrider.smtp;

/** Where a message comes from, and where its failure is told (RFC 5321 §4.1.2). */
sealed interface ReversePath {
  /** {@code <>}: nobody wants to hear of a failure (RFC 5321 §4.5.5). */
  record Null() implements ReversePath {
    @Override
    public String toString() {
      return "";
    }
  }

  record Sender(MailAddress address) implements ReversePath {
    @Override
    public String toString() {
      return address.toString();
    }
  }
}
