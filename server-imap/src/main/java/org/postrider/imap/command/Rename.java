package org.postrider.imap.command;

import java.io.IOException;
import java.util.Optional;
import org.postrider.imap.list.ListResponder;
import org.postrider.imap.response.Completion;
import org.postrider.imap.session.ImapSession;
import org.postrider.imap.syntax.ImapReader;
import org.postrider.imap.syntax.ImapSyntaxException;
import org.postrider.storage.Mailbox;
import org.postrider.storage.Mailboxes;

/** RENAME (RFC 3501 §6.3.5). */
record Rename(String from, String to) implements ImapCommand {
  static Rename parse(ImapReader in) throws IOException, ImapSyntaxException {
    String from = in.mailbox();
    in.space();
    return new Rename(from, in.mailbox());
  }

  @Override
  public Completion execute(ImapSession session) throws IOException {
    String oldName = Mailboxes.canonicalName(from);
    String newName = Mailboxes.canonicalName(to);
    session.store().mailboxes().rename(session.account().id(), oldName, newName);
    session.noteNames(told -> told.renamed(oldName, newName));
    if (session.isRev2() && !(oldName.equals(from) && newName.equals(to))) {
      Optional<Mailbox> renamed = Targets.find(session, newName);
      if (renamed.isPresent()) {
        new ListResponder(session).tell(renamed.get(), from);
      }
    }
    return Completion.ok("Rename completed");
  }
}
