package org.postrider.imap.command;

import org.postrider.imap.response.Completion;
import org.postrider.imap.session.ImapSession;
import org.postrider.imap.syntax.ImapReader;

/**
 * UNAUTHENTICATE (RFC 8437): the connection can be used for another account. It is not offered
 * under compression, which could not be ended.
 */
record Unauthenticate() implements ImapCommand {
  static Unauthenticate parse(ImapReader in) {
    return new Unauthenticate();
  }

  @Override
  public Completion execute(ImapSession session) {
    if (session.connection().isCompressed()) {
      return Completion.bad("Not under compression");
    }
    session.unauthenticate();
    return Completion.ok("Unauthenticated");
  }
}
