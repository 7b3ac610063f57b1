package org.postrider.imap.command;

import java.io.IOException;
import java.util.Optional;
import org.postrider.imap.response.Completion;
import org.postrider.imap.response.Untagged;
import org.postrider.imap.session.ImapSession;
import org.postrider.imap.syntax.ImapReader;
import org.postrider.imap.syntax.ImapSyntaxException;
import org.postrider.storage.Mailbox;

/** GETQUOTAROOT (RFC 9208 §4.1.2). */
record GetQuotaRoot(String mailbox) implements ImapCommand {
  static GetQuotaRoot parse(ImapReader in) throws IOException, ImapSyntaxException {
    return new GetQuotaRoot(in.mailbox());
  }

  @Override
  public Completion execute(ImapSession session) throws IOException {
    Optional<Mailbox> found = Targets.find(session, mailbox);
    if (found.isEmpty()) {
      return Targets.missing();
    }
    session.writer().untagged(new Untagged.QuotaRoot(found.get().name(), QuotaRoots.ROOT));
    session.writer().untagged(QuotaRoots.quota(session));
    return Completion.ok("Getquotaroot completed");
  }
}
