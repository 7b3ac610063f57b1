package org.postrider.imap.command;

import java.io.IOException;
import org.postrider.imap.response.Completion;
import org.postrider.imap.session.ImapSession;
import org.postrider.imap.syntax.ImapSyntaxException;

/**
 * A command as the client sent it. Each is a record in a file of its own with a {@code static
 * parse(ImapReader)} that sees no session, and has a row in {@link CommandTable}.
 */
public interface ImapCommand {
  /**
   * Executes the command and writes its untagged responses. Changes by other sessions are reported
   * afterwards by the conversation, as the command's row allows it.
   *
   * @return the tagged response
   * @throws ImapSyntaxException when what is read while executing breaks the grammar
   * @throws org.postrider.storage.StorageException when the store refuses; mapped in one place
   */
  Completion execute(ImapSession session) throws IOException, ImapSyntaxException;

  /**
   * Whether it goes by sequence numbers although its row does not say so (RFC 7162 §3.2.10.2, RFC
   * 9051 §7.5.1).
   */
  default boolean usesSequenceNumbers() {
    return false;
  }
}
