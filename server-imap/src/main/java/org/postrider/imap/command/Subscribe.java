package org.postrider.imap.command;

import java.io.IOException;
import org.postrider.imap.response.Completion;
import org.postrider.imap.session.ImapSession;
import org.postrider.imap.syntax.ImapReader;
import org.postrider.imap.syntax.ImapSyntaxException;
import org.postrider.storage.Mailboxes;

/** SUBSCRIBE (RFC 3501 §6.3.6). */
record Subscribe(String mailbox) implements ImapCommand {
  static Subscribe parse(ImapReader in) throws IOException, ImapSyntaxException {
    return new Subscribe(in.mailbox());
  }

  @Override
  public Completion execute(ImapSession session) {
    String name = Mailboxes.canonicalName(mailbox);
    session.store().mailboxes().subscribe(session.account().id(), name);
    session.noteNames(told -> told.subscribed(name, true));
    return Completion.ok("Subscribe completed");
  }
}
