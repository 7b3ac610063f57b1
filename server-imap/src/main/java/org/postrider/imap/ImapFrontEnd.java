package org.postrider.imap;

import java.io.IOException;
import java.time.Clock;
import org.postrider.auth.Authenticator;
import org.postrider.storage.Store;
import org.postrider.wire.Connection;
import org.postrider.wire.ConnectionHandler;

/** Serves IMAP connections. */
public final class ImapFrontEnd implements ConnectionHandler {
  public ImapFrontEnd(
      ImapSettings settings, Store store, Authenticator authenticator, Clock clock) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void handle(Connection connection) throws IOException {
    throw new UnsupportedOperationException();
  }
}
