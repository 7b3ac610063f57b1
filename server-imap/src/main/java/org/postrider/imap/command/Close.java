package org.postrider.imap.command;

import java.io.IOException;
import org.postrider.imap.response.Completion;
import org.postrider.imap.session.ImapSession;
import org.postrider.imap.session.MailboxView;
import org.postrider.imap.syntax.ImapReader;
import org.postrider.imap.syntax.IndexRanges;

/** CLOSE (RFC 3501 §6.4.2): expunges without a word, then leaves the mailbox. */
record Close() implements ImapCommand {
  static Close parse(ImapReader in) {
    return new Close();
  }

  @Override
  public Completion execute(ImapSession session) throws IOException {
    MailboxView view = session.view();
    if (!view.isReadOnly()) {
      Expunge.deleted(session, IndexRanges.all(view.count()));
    }
    session.unselect();
    return Completion.ok("Close completed");
  }
}
