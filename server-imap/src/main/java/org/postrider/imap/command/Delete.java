package org.postrider.imap.command;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.postrider.imap.response.Completion;
import org.postrider.imap.response.ResponseCode.Plain;
import org.postrider.imap.response.Untagged;
import org.postrider.imap.session.ImapSession;
import org.postrider.imap.session.MailboxView;
import org.postrider.imap.session.SessionState.Selected;
import org.postrider.imap.syntax.ImapReader;
import org.postrider.imap.syntax.ImapSyntaxException;
import org.postrider.storage.Mailbox;
import org.postrider.storage.Mailboxes;

/** DELETE (RFC 3501 §6.3.4). */
record Delete(String mailbox) implements ImapCommand {
  static Delete parse(ImapReader in) throws IOException, ImapSyntaxException {
    return new Delete(in.mailbox());
  }

  @Override
  public Completion execute(ImapSession session) throws IOException {
    String name = Mailboxes.canonicalName(mailbox);
    Optional<Mailbox> found = Targets.find(session, name);
    session.store().mailboxes().delete(session.account().id(), name);
    session.noteNames(told -> told.deleted(name));
    // Other sessions that have it open end with BYE; this one knows, and goes on without it.
    if (session.state() instanceof Selected(var ignored, MailboxView view)
        && found.isPresent()
        && found.get().id().equals(view.mailbox())) {
      session.unselect();
      session.writer().ok(Plain.CLOSED, "The selected mailbox was deleted");
    }
    if (session.isRev2() && !name.equals(mailbox)) {
      // RFC 9051 §6.3.5: the name was written in another way.
      session.writer().untagged(new Untagged.NameTold(List.of("\\NonExistent"), name, mailbox));
    }
    return Completion.ok("Delete completed");
  }
}
