package org.postrider.smtp;

/** A command is refused, with this reply; the session goes on. */
final class SmtpRefusal extends Exception {
  private final transient SmtpReply reply;
  private final boolean fatal;

  private SmtpRefusal(SmtpReply reply, boolean fatal) {
    // Part of the normal course of a session: no stack trace, which would cost more than the rest.
    super(reply.toString(), null, false, false);
    this.reply = reply;
    this.fatal = fatal;
  }

  SmtpRefusal(SmtpReply reply) {
    this(reply, false);
  }

  /** A refusal after which it is not known any more what is a command and what is not. */
  static SmtpRefusal fatal(SmtpReply reply) {
    return new SmtpRefusal(reply, true);
  }

  SmtpReply reply() {
    return reply;
  }

  /** Whether the session has to end. */
  boolean isFatal() {
    return fatal;
  }
}
