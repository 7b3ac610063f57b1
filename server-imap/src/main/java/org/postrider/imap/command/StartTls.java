package org.postrider.imap.command;

import org.postrider.imap.response.Completion;
import org.postrider.imap.session.ImapSession;
import org.postrider.imap.syntax.ImapReader;

/** STARTTLS (RFC 3501 §6.2.1). */
record StartTls() implements ImapCommand {
  static StartTls parse(ImapReader in) {
    return new StartTls();
  }

  @Override
  public Completion execute(ImapSession session) {
    if (!session.connection().canStartTls()) {
      return Completion.bad("TLS can't be started here");
    }
    return Completion.ok("Begin TLS negotiation now").then(session.connection()::startTls);
  }
}
