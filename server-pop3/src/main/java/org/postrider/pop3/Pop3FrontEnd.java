package org.postrider.pop3;

import java.io.IOException;
import java.time.Clock;
import org.postrider.auth.Authenticator;
import org.postrider.storage.Store;
import org.postrider.wire.Connection;
import org.postrider.wire.ConnectionHandler;

/** Serves POP3 connections. */
public final class Pop3FrontEnd implements ConnectionHandler {
  public Pop3FrontEnd(
      Pop3Settings settings, Store store, Authenticator authenticator, Clock clock) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void handle(Connection connection) throws IOException {
    throw new UnsupportedOperationException();
  }
}
