package org.postrider.imap.command;

import java.io.IOException;
import org.postrider.imap.response.Completion;
import org.postrider.imap.search.ReturnOptions.Option;
import org.postrider.imap.search.SearchRequest;
import org.postrider.imap.session.ImapSession;
import org.postrider.imap.syntax.ImapReader;
import org.postrider.imap.syntax.ImapSyntaxException;

/** SEARCH and UID SEARCH (RFC 3501 §6.4.4, RFC 4731, RFC 7162 §3.1.5). */
record Search(SearchRequest request, boolean uid) implements ImapCommand {
  static Search parse(ImapReader in) throws IOException, ImapSyntaxException {
    return new Search(SearchRequest.parse(in), false);
  }

  static Search uid(ImapReader in) throws IOException, ImapSyntaxException {
    return new Search(SearchRequest.parse(in), true);
  }

  @Override
  public boolean usesSequenceNumbers() {
    return request.mentionsNumbers();
  }

  @Override
  public Completion execute(ImapSession session) throws IOException {
    if (request.charset() != null && session.isUtf8()) {
      // RFC 6855 §3.
      return Completion.bad("No CHARSET once UTF8=ACCEPT is enabled");
    }
    // RFC 9051 §6.4.4: IMAP4rev2 has no other response.
    SearchRequest wanted = session.isRev2() ? request.withDefault(Option.ALL) : request;
    return Searching.run(
        session, "SEARCH", wanted, null, searching -> searching.inMailboxOrder(uid));
  }
}
