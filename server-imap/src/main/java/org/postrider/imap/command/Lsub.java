package org.postrider.imap.command;

import java.io.IOException;
import org.postrider.imap.list.ListResponder;
import org.postrider.imap.response.Completion;
import org.postrider.imap.session.ImapSession;
import org.postrider.imap.syntax.ImapReader;
import org.postrider.imap.syntax.ImapSyntaxException;

/** LSUB (RFC 3501 §6.3.9). */
record Lsub(String reference, String pattern) implements ImapCommand {
  static Lsub parse(ImapReader in) throws IOException, ImapSyntaxException {
    String reference = in.mailbox();
    in.space();
    return new Lsub(reference, in.listMailbox());
  }

  @Override
  public Completion execute(ImapSession session) throws IOException {
    new ListResponder(session).lsub(reference, pattern);
    return Completion.ok("Lsub completed");
  }
}
