package org.postrider.imap.command;

import java.io.IOException;
import org.postrider.imap.response.Completion;
import org.postrider.imap.response.ResponseCode.Plain;
import org.postrider.imap.session.ImapSession;
import org.postrider.imap.syntax.ImapReader;
import org.postrider.imap.syntax.ImapSyntaxException;

/** GETQUOTA (RFC 9208 §4.1.1). */
record GetQuota(String root) implements ImapCommand {
  static GetQuota parse(ImapReader in) throws IOException, ImapSyntaxException {
    return new GetQuota(in.text());
  }

  @Override
  public Completion execute(ImapSession session) throws IOException {
    if (!root.equals(QuotaRoots.ROOT)) {
      return Completion.no(Plain.NONEXISTENT, "There is no such quota root");
    }
    session.writer().untagged(QuotaRoots.quota(session));
    return Completion.ok("Getquota completed");
  }
}
