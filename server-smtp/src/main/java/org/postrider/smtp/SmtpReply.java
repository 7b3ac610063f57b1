package org.postrider.smtp;

import java.io.IOException;
import java.util.List;
import org.postrider.wire.WireOutput;

/**
 * A reply (RFC 5321 §4.2).
 *
 * @param code three digits
 * @param enhanced the enhanced status code (RFC 2034, RFC 3463), or empty where there is none:
 *     greeting, HELO, EHLO, 334 and 354
 * @param lines one line of text or more, never what the client sent
 */
record SmtpReply(int code, String enhanced, List<String> lines) {

  static SmtpReply of(int code, String enhanced, String text) {
    return new SmtpReply(code, enhanced, List.of(text));
  }

  /** A reply without enhanced code. */
  static SmtpReply plain(int code, String text) {
    return new SmtpReply(code, "", List.of(text));
  }

  /** Whether it tells of a bad command; those are counted ({@link SmtpSettings#errorsMax}). */
  boolean isCommandError() {
    return (code >= 500 && code <= 504) || code == 530 || code == 535 || code == 538 || code == 555;
  }

  void writeTo(WireOutput out) throws IOException {
    out.writeUtf8(toString());
  }

  /** The reply as it goes over the wire, with CRLF. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(64 * lines.size());
    for (int i = 0; i < lines.size(); i++) {
      text.append(code).append(i + 1 < lines.size() ? '-' : ' ');
      if (!enhanced.isEmpty()) {
        text.append(enhanced).append(' ');
      }
      text.append(lines.get(i)).append("\r\n");
    }
    return text.toString();
  }
}
