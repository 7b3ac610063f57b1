package org.postrider.imap.command;

import java.io.IOException;
import org.postrider.imap.response.Completion;
import org.postrider.imap.session.ImapSession;
import org.postrider.imap.syntax.ImapReader;

/** LOGOUT (RFC 3501 §6.1.3). */
record Logout() implements ImapCommand {
  static Logout parse(ImapReader in) {
    return new Logout();
  }

  @Override
  public Completion execute(ImapSession session) throws IOException {
    session.writer().bye("Logging out");
    session.end();
    return Completion.ok("Logout completed");
  }
}
