package org.postrider.imap.command;

import java.io.IOException;
import org.postrider.imap.response.Completion;
import org.postrider.imap.response.Untagged;
import org.postrider.imap.session.ImapSession;
import org.postrider.imap.syntax.ImapReader;

/** NAMESPACE (RFC 2342). */
record Namespace() implements ImapCommand {
  static Namespace parse(ImapReader in) {
    return new Namespace();
  }

  @Override
  public Completion execute(ImapSession session) throws IOException {
    session.writer().untagged(new Untagged.Namespace());
    return Completion.ok("Namespace completed");
  }
}
