package org.postrider.imap.command;

import java.io.IOException;
import org.postrider.imap.response.Completion;
import org.postrider.imap.response.ResponseCode.Plain;
import org.postrider.imap.session.ImapSession;
import org.postrider.imap.syntax.ImapReader;
import org.postrider.imap.syntax.ImapSyntaxException;

/** SETQUOTA (RFC 9208 §4.1.3), which is the administrator's; QUOTASET is not announced. */
record SetQuota() implements ImapCommand {
  static SetQuota parse(ImapReader in) throws IOException, ImapSyntaxException {
    in.text();
    in.space();
    in.expect('(');
    if (!in.accept(')')) {
      do {
        in.atom();
        in.space();
        in.number();
      } while (in.accept(' '));
      in.expect(')');
    }
    return new SetQuota();
  }

  @Override
  public Completion execute(ImapSession session) {
    return Completion.no(Plain.NOPERM, "Quotas are set by the administrator");
  }
}
