package org.postrider.imap.command;

import java.io.IOException;
import org.postrider.imap.response.Completion;
import org.postrider.imap.session.ImapSession;
import org.postrider.imap.syntax.ImapReader;
import org.postrider.imap.syntax.ImapSyntaxException;
import org.postrider.storage.Mailboxes;

/** RENAME (RFC 3501 §6.3.5). */
record Rename(String from, String to) implements ImapCommand {
  static Rename parse(ImapReader in) throws IOException, ImapSyntaxException {
    String from = in.mailbox();
    in.space();
    return new Rename(from, in.mailbox());
  }

  @Override
  public Completion execute(ImapSession session) {
    session
        .store()
        .mailboxes()
        .rename(session.account().id(), Mailboxes.canonicalName(from), Mailboxes.canonicalName(to));
    return Completion.ok("Rename completed");
  }
}
