package org.postrider.imap.command;

import java.io.IOException;
import org.postrider.imap.response.Completion;
import org.postrider.imap.response.Untagged;
import org.postrider.imap.session.ImapSession;
import org.postrider.imap.syntax.ImapReader;

/** CAPABILITY (RFC 3501 §6.1.1). */
record Capability() implements ImapCommand {
  static Capability parse(ImapReader in) {
    return new Capability();
  }

  @Override
  public Completion execute(ImapSession session) throws IOException {
    session.writer().untagged(new Untagged.Names("CAPABILITY", CommandTable.capabilities(session)));
    return Completion.ok("Capability completed");
  }
}
