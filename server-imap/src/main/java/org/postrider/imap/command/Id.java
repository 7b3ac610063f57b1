package org.postrider.imap.command;

import java.io.IOException;
import java.util.List;
import org.postrider.imap.response.Completion;
import org.postrider.imap.response.Untagged;
import org.postrider.imap.session.ImapSession;
import org.postrider.imap.syntax.ImapReader;
import org.postrider.imap.syntax.ImapSyntaxException;

/** ID (RFC 2971). What clients tell of themselves is not kept. */
record Id() implements ImapCommand {
  /** RFC 2971 §3.3: no more than 30 fields. */
  private static final int FIELDS_MAX = 30;

  static Id parse(ImapReader in) throws IOException, ImapSyntaxException {
    if (!in.accept('(')) {
      if (in.nstring() != null) {
        throw new ImapSyntaxException("Expected a list or NIL");
      }
      return new Id();
    }
    if (in.accept(')')) {
      return new Id();
    }
    int fields = 0;
    do {
      if (++fields > FIELDS_MAX) {
        throw new ImapSyntaxException("Too many fields");
      }
      in.string();
      in.space();
      in.nstring();
    } while (in.accept(' '));
    in.expect(')');
    return new Id();
  }

  @Override
  public Completion execute(ImapSession session) throws IOException {
    session.writer().untagged(new Untagged.Id(List.of("name", "Postrider")));
    return Completion.ok("Id completed");
  }
}
