package org.postrider.imap.command;

import java.io.IOException;
import java.util.Optional;
import java.util.Set;
import org.postrider.imap.list.StatusItem;
import org.postrider.imap.response.Completion;
import org.postrider.imap.session.ImapSession;
import org.postrider.imap.syntax.ImapReader;
import org.postrider.imap.syntax.ImapSyntaxException;
import org.postrider.storage.Mailbox;

/** STATUS (RFC 3501 §6.3.10). */
record Status(String mailbox, Set<StatusItem> items) implements ImapCommand {
  static Status parse(ImapReader in) throws IOException, ImapSyntaxException {
    String mailbox = in.mailbox();
    in.space();
    return new Status(mailbox, StatusItem.parse(in));
  }

  @Override
  public Completion execute(ImapSession session) throws IOException {
    Optional<Mailbox> found = Targets.find(session, mailbox);
    if (found.isEmpty()) {
      return Targets.missing();
    }
    // RFC 7162 §3.1: asking for it says that the client knows CONDSTORE.
    if (items.contains(StatusItem.HIGHESTMODSEQ)) {
      session.enableCondstore();
    }
    session.writer().untagged(StatusItem.of(session, found.get(), items));
    return Completion.ok("Status completed");
  }
}
