package org.postrider.pop3;

import java.io.IOException;
import java.time.Clock;
import org.postrider.auth.Authenticator;
import org.postrider.storage.Store;
import org.postrider.wire.Connection;
import org.postrider.wire.ConnectionHandler;

/** Serves POP3 connections. */
public final class Pop3FrontEnd implements ConnectionHandler {
  private final Pop3Settings settings;
  private final Store store;
  private final Authenticator authenticator;
  private final Clock clock;

  /**
   * A front-end for any number of listeners.
   *
   * @param clock tells how long a session has been silent
   */
  public Pop3FrontEnd(
      Pop3Settings settings, Store store, Authenticator authenticator, Clock clock) {
    this.settings = settings;
    this.store = store;
    this.authenticator = authenticator;
    this.clock = clock;
  }

  @Override
  public void handle(Connection connection) throws IOException {
    new Pop3Session(settings, store, authenticator, clock, connection).run();
  }
}
