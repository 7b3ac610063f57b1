package org.postrider.smtp.relay;

/**
 * What an attempt to deliver to a recipient ended with.
 *
 * @param status the enhanced status code (RFC 3463)
 * @param reply the other server's, or what kept us from having one
 * @param host the other server's name, or empty when none was reached
 * @param tls how the connection was protected, or empty when it was not
 */
record Outcome(Kind kind, String status, String reply, String host, String tls) {
  /** The other server's TLS is not what a policy demands (RFC 3463 §3.8: X.7.5). */
  static final String TLS_FAILED = "4.7.5";

  /** The other server has no TLS, and a policy demands it (RFC 5248 §2.4: X.7.10). */
  static final String TLS_MISSING = "4.7.10";

  /** Delivered, to be tried again, or never to be delivered. */
  enum Kind {
    SENT,
    /** Sent to a server that does not report deliveries (RFC 3461 §5.2.2). */
    RELAYED,
    DEFERRED,
    FAILED
  }

  Outcome(Kind kind, String status, String reply, String host) {
    this(kind, status, reply, host, "");
  }

  static Outcome of(PeerReply reply, String host) {
    Kind kind = reply.isPositive() ? Kind.SENT : reply.isPermanent() ? Kind.FAILED : Kind.DEFERRED;
    return new Outcome(kind, reply.status(), reply.toString(), host);
  }

  static Outcome deferred(String status, String why) {
    return new Outcome(Kind.DEFERRED, status, why, "");
  }

  static Outcome failed(String status, String why) {
    return new Outcome(Kind.FAILED, status, why, "");
  }

  /** Whether a policy about TLS kept the message from being sent. */
  boolean isByTlsPolicy() {
    return kind == Kind.DEFERRED && (status.equals(TLS_FAILED) || status.equals(TLS_MISSING));
  }

  boolean isFailed() {
    return kind == Kind.FAILED;
  }

  /**
   * Whether the server takes the recipient in another transaction, since it has enough of them in
   * this one (RFC 5321 §4.5.3.1.10); X.2.x tells of the mailbox instead (RFC 3463 §3.3).
   */
  boolean isOneTooMany() {
    return kind == Kind.DEFERRED && reply.startsWith("452 ") && !status.startsWith("4.2.");
  }

  boolean isSent() {
    return kind == Kind.SENT || kind == Kind.RELAYED;
  }

  Outcome relayed() {
    return kind == Kind.SENT ? new Outcome(Kind.RELAYED, status, reply, host, tls) : this;
  }

  /** The same, over such a connection. */
  Outcome over(String protection) {
    return new Outcome(kind, status, reply, host, protection);
  }
}
