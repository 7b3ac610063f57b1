package org.postrider.imap.command;

import org.postrider.imap.response.Completion;
import org.postrider.imap.session.ImapSession;
import org.postrider.imap.syntax.ImapReader;

/** UNSELECT (RFC 3691): leaves the mailbox and expunges nothing. */
record Unselect() implements ImapCommand {
  static Unselect parse(ImapReader in) {
    return new Unselect();
  }

  @Override
  public Completion execute(ImapSession session) {
    session.unselect();
    return Completion.ok("Unselect completed");
  }
}
