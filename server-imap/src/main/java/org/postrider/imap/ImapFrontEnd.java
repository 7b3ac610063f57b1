package org.postrider.imap;

import java.io.IOException;
import java.time.Clock;
import org.postrider.auth.Authenticator;
import org.postrider.imap.content.MessageFields;
import org.postrider.imap.response.ResponseWriter;
import org.postrider.imap.session.ImapSession;
import org.postrider.imap.session.RecentMarks;
import org.postrider.imap.session.SearchLimits;
import org.postrider.imap.session.SessionLimits;
import org.postrider.imap.syntax.ImapReader;
import org.postrider.imap.syntax.ReaderLimits;
import org.postrider.storage.Store;
import org.postrider.storage.index.TextIndex;
import org.postrider.wire.Connection;
import org.postrider.wire.ConnectionHandler;

/** Serves IMAP connections (RFC 3501). */
public final class ImapFrontEnd implements ConnectionHandler {
  private final ImapSettings settings;
  private final Store store;
  private final Authenticator authenticator;
  private final Clock clock;
  private final RecentMarks recentMarks = new RecentMarks();
  private final MessageFields messageFields;
  private final TextIndex textIndex;

  /**
   * @param clock gives the internal date of messages that are appended without one
   * @param textIndex spares searches the reading of messages
   */
  public ImapFrontEnd(
      ImapSettings settings,
      Store store,
      Authenticator authenticator,
      Clock clock,
      TextIndex textIndex) {
    this.settings = settings;
    this.store = store;
    this.authenticator = authenticator;
    this.clock = clock;
    this.textIndex = textIndex;
    this.messageFields = new MessageFields(store.contents(), SearchLimits.DEFAULT.fieldOctets());
  }

  @Override
  public void handle(Connection connection) throws IOException {
    connection.idleTimeout(settings.loginTimeout());
    ResponseWriter writer = new ResponseWriter(connection.output());
    ReaderLimits limits =
        new ReaderLimits(
            settings.lineBytesMax(), settings.literalBytesMax(), settings.messageBytesMax());
    ImapReader reader = new ImapReader(connection.input(), limits, () -> writer.continuation("OK"));
    SessionLimits sessionLimits =
        new SessionLimits(
            settings.messageBytesMax(),
            settings.idleTimeout(),
            settings.loginTimeout(),
            settings.notifyMailboxesMax(),
            SearchLimits.DEFAULT);
    try (ImapSession session =
        new ImapSession(
            connection,
            reader,
            writer,
            store,
            authenticator,
            recentMarks,
            messageFields,
            textIndex,
            sessionLimits,
            clock)) {
      new ImapConversation(settings, session).run();
    }
  }
}
