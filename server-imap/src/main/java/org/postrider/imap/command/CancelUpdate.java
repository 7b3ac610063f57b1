package org.postrider.imap.command;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Set;
import org.postrider.imap.response.Completion;
import org.postrider.imap.session.ImapSession;
import org.postrider.imap.syntax.ImapReader;
import org.postrider.imap.syntax.ImapSyntaxException;

/** CANCELUPDATE (RFC 5267 §4.3.5). A tag without updates is passed over: they may have ended. */
record CancelUpdate(Set<String> tags) implements ImapCommand {
  static CancelUpdate parse(ImapReader in) throws IOException, ImapSyntaxException {
    Set<String> tags = new HashSet<>();
    do {
      tags.add(new String(in.string(), StandardCharsets.ISO_8859_1));
    } while (in.accept(' '));
    return new CancelUpdate(Set.copyOf(tags));
  }

  @Override
  public Completion execute(ImapSession session) {
    session.view().updatedResults().removeIf(result -> tags.contains(result.tag()));
    return Completion.ok("No further updates");
  }
}
