package org.postrider.smtp;

import java.util.List;
import org.postrider.smtp.SmtpCommand.Ehlo;
import org.postrider.smtp.SmtpCommand.Helo;
import org.postrider.smtp.SmtpCommand.Lhlo;
import org.postrider.storage.Delivery.WhenFull;

/** What LMTP (RFC 2033) says otherwise than SMTP. */
enum Dialect {
  /** RFC 5321: one answer for all recipients, so one that is full defers the message for all. */
  SMTP(WhenFull.REFUSE) {
    @Override
    boolean greets(SmtpCommand command) {
      return command instanceof Helo || command instanceof Ehlo;
    }

    @Override
    String protocol(boolean extended, boolean internationalized) {
      return internationalized ? "UTF8SMTP" : extended ? "ESMTP" : "SMTP";
    }

    @Override
    SmtpReply noRecipients(boolean refused) {
      return refused ? Replies.NO_VALID_RECIPIENTS : Replies.NEED_RCPT;
    }

    @Override
    List<SmtpReply> replies(Envelope envelope, Receipt receipt) {
      return List.of(receipt.reply());
    }
  },

  /** An answer for each recipient (RFC 2033 §4.2), so one that is full is no matter of others. */
  LMTP(WhenFull.LEAVE_OUT) {
    @Override
    boolean greets(SmtpCommand command) {
      return command instanceof Lhlo; // RFC 2033 §4.1: HELO and EHLO must not be taken
    }

    @Override
    String protocol(boolean extended, boolean internationalized) {
      return internationalized ? "UTF8LMTP" : "LMTP";
    }

    @Override
    SmtpReply noRecipients(boolean refused) {
      return Replies.NEED_RCPT; // RFC 2033 §4.2: 503 in any case
    }

    @Override
    List<SmtpReply> replies(Envelope envelope, Receipt receipt) {
      return envelope.recipients().stream()
          .map(recipient ->
              recipient.isLeftOut(receipt.leftOut()) ? Replies.MAILBOX_FULL : receipt.reply())
          .toList();
    }
  };

  private final WhenFull whenFull;

  Dialect(WhenFull whenFull) {
    this.whenFull = whenFull;
  }

  /** What is done about a recipient that is full. */
  WhenFull whenFull() {
    return whenFull;
  }

  /** Whether a session may begin with that command. */
  abstract boolean greets(SmtpCommand command);

  /** The transmission type of trace fields, without what TLS and AUTH add (RFC 3848, RFC 6531). */
  abstract String protocol(boolean extended, boolean internationalized);

  /**
   * The reply to content for nobody.
   *
   * @param refused whether there were recipients, who were refused
   */
  abstract SmtpReply noRecipients(boolean refused);

  /** The replies to the end of the content. */
  abstract List<SmtpReply> replies(Envelope envelope, Receipt receipt);
}
