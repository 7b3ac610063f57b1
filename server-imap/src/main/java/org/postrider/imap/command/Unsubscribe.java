package org.postrider.imap.command;

import java.io.IOException;
import org.postrider.imap.response.Completion;
import org.postrider.imap.session.ImapSession;
import org.postrider.imap.syntax.ImapReader;
import org.postrider.imap.syntax.ImapSyntaxException;
import org.postrider.storage.Mailboxes;

/** UNSUBSCRIBE (RFC 3501 §6.3.7). */
record Unsubscribe(String mailbox) implements ImapCommand {
  static Unsubscribe parse(ImapReader in) throws IOException, ImapSyntaxException {
    return new Unsubscribe(in.mailbox());
  }

  @Override
  public Completion execute(ImapSession session) {
    String name = Mailboxes.canonicalName(mailbox);
    session.store().mailboxes().unsubscribe(session.account().id(), name);
    session.noteNames(told -> told.subscribed(name, false));
    return Completion.ok("Unsubscribe completed");
  }
}
