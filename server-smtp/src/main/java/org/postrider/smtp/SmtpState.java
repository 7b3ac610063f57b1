package org.postrider.smtp;

/** Where a session stands; each state owns what belongs to it. */
sealed interface SmtpState {
  /**
   * What the client said of itself.
   *
   * @param extended whether by EHLO
   */
  record Greeting(String domain, boolean extended) {}

  /** Nothing was said yet. */
  record Connected() implements SmtpState {}

  /** Between transactions. */
  record Ready(Greeting greeting) implements SmtpState {}

  /** MAIL was accepted; recipients are collected. */
  record Transaction(Greeting greeting, Envelope envelope) implements SmtpState {}

  /** BDAT has begun the content (RFC 3030). */
  record Chunks(Greeting greeting, Envelope envelope, IncomingMessage message)
      implements SmtpState {}
}
