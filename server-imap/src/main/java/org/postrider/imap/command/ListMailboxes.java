package org.postrider.imap.command;

import java.io.IOException;
import org.postrider.imap.list.ListRequest;
import org.postrider.imap.list.ListResponder;
import org.postrider.imap.list.StatusItem;
import org.postrider.imap.response.Completion;
import org.postrider.imap.session.ImapSession;
import org.postrider.imap.syntax.ImapReader;
import org.postrider.imap.syntax.ImapSyntaxException;

/** LIST (RFC 3501 §6.3.8, RFC 5258, RFC 5819, RFC 6154). */
record ListMailboxes(ListRequest request) implements ImapCommand {
  static ListMailboxes parse(ImapReader in) throws IOException, ImapSyntaxException {
    return new ListMailboxes(ListRequest.parse(in));
  }

  @Override
  public Completion execute(ImapSession session) throws IOException {
    if (request.status().contains(StatusItem.HIGHESTMODSEQ)) {
      session.enableCondstore();
    }
    new ListResponder(session).list(request);
    return Completion.ok("List completed");
  }
}
