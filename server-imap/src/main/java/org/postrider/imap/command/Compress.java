package org.postrider.imap.command;

import org.postrider.imap.response.Completion;
import org.postrider.imap.response.ResponseCode.Plain;
import org.postrider.imap.session.ImapSession;
import org.postrider.imap.syntax.ImapReader;
import org.postrider.imap.syntax.ImapSyntaxException;
import org.postrider.wire.Connection;

/** COMPRESS (RFC 4978). */
record Compress(String algorithm) implements ImapCommand {
  static Compress parse(ImapReader in) throws ImapSyntaxException {
    return new Compress(in.name());
  }

  @Override
  public Completion execute(ImapSession session) {
    if (!algorithm.equals("DEFLATE")) {
      return Completion.bad("No such algorithm");
    }
    Connection connection = session.connection();
    if (connection.isCompressed()) {
      return Completion.no(Plain.COMPRESSIONACTIVE, "Compression is active already");
    }
    return Completion.ok("Compression active").then(connection::startCompression);
  }
}
