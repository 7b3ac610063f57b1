package org.postrider.smtp;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A command, parsed. What it may do depends on the state of the session, which it does not see. */
sealed interface SmtpCommand {
  /** RFC 5321 §4.1.1.1. */
  record Helo(String domain) implements SmtpCommand {}

  /** RFC 5321 §4.1.1.1. */
  record Ehlo(String domain) implements SmtpCommand {}

  /** RFC 2033 §4.1: EHLO in LMTP. */
  record Lhlo(String domain) implements SmtpCommand {}

  /** RFC 5321 §4.1.1.2. */
  record Mail(ReversePath reversePath, List<MailParameter> parameters) implements SmtpCommand {}

  /** RFC 5321 §4.1.1.3. */
  record Rcpt(ForwardPath forwardPath, List<MailParameter> parameters) implements SmtpCommand {}

  /** RFC 5321 §4.1.1.4. */
  record Data() implements SmtpCommand {}

  /**
   * RFC 3030 §2.
   *
   * @param size octets that follow the command
   */
  record Bdat(long size, boolean last) implements SmtpCommand {}

  /** RFC 5321 §4.1.1.5. */
  record Rset() implements SmtpCommand {}

  /** RFC 5321 §4.1.1.6. */
  record Vrfy(String string) implements SmtpCommand {}

  /** RFC 5321 §4.1.1.7. */
  record Expn(String string) implements SmtpCommand {}

  /** RFC 5321 §4.1.1.8; the topic may be empty. */
  record Help(String topic) implements SmtpCommand {}

  /** RFC 5321 §4.1.1.9. */
  record Noop() implements SmtpCommand {}

  /** RFC 5321 §4.1.1.10. */
  record Quit() implements SmtpCommand {}

  /** RFC 3207. */
  record StartTls() implements SmtpCommand {}

  /**
   * RFC 4954 §4.
   *
   * @param initialResponse in base64, {@code =} for an empty one, null for none
   */
  record Auth(String mechanism, @Nullable String initialResponse) implements SmtpCommand {
    /** Never the secret. */
    @Override
    public String toString() {
      return "Auth[" + mechanism + "]";
    }
  }

  /**
   * RFC 1985.
   *
   * @param node {@code domain}, {@code @domain} or {@code #queue}
   */
  record Etrn(String node) implements SmtpCommand {}

  /** A command of the RFCs that this server does not have: TURN, SEND, SOML, SAML, ATRN. */
  record Unimplemented(String verb) implements SmtpCommand {}
}
