package org.postrider.imap.command;

import java.io.IOException;
import org.postrider.imap.response.Completion;
import org.postrider.imap.response.ResponseCode.Plain;
import org.postrider.imap.session.ImapSession;
import org.postrider.imap.syntax.ImapReader;
import org.postrider.imap.syntax.ImapSyntaxException;

/** LOGIN (RFC 3501 §6.2.3). */
record Login(String user, String password) implements ImapCommand {
  static Login parse(ImapReader in) throws IOException, ImapSyntaxException {
    String user = in.text();
    in.space();
    return new Login(user, in.text());
  }

  @Override
  public Completion execute(ImapSession session) {
    if (!session.isSecure()) {
      return Completion.no(Plain.PRIVACYREQUIRED, "Start TLS first");
    }
    return Authentication.complete(
        session,
        session
            .authenticator()
            .password(user, password, session.connection().remoteAddress().getAddress()));
  }

  /** Without the password. */
  @Override
  public String toString() {
    return "Login[" + user + "]";
  }
}
