package org.postrider.smtp.relay;

/** A server that answers, but takes no mail from us. */
final class PeerRefusal extends Exception {
  private static final long serialVersionUID = 1;

  private final transient Outcome outcome;

  PeerRefusal(Outcome outcome) {
    super(outcome.reply());
    this.outcome = outcome;
  }

  Outcome outcome() {
    return outcome;
  }
}
