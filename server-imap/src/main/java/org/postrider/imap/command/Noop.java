package org.postrider.imap.command;

import org.postrider.imap.response.Completion;
import org.postrider.imap.session.ImapSession;
import org.postrider.imap.session.MailboxView;
import org.postrider.imap.session.SessionState.Selected;
import org.postrider.imap.syntax.ImapReader;

/** NOOP (RFC 3501 §6.1.2) and CHECK (§6.4.1), which here is the same. */
record Noop() implements ImapCommand {
  static Noop parse(ImapReader in) {
    return new Noop();
  }

  @Override
  public Completion execute(ImapSession session) {
    if (session.state() instanceof Selected(var ignored, MailboxView view)) {
      view.expectChanges();
    }
    return Completion.ok("Completed");
  }
}
