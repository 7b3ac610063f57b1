package org.postrider.smtp;

import java.io.IOException;
import java.time.Clock;
import org.postrider.auth.Authenticator;
import org.postrider.storage.Store;
import org.postrider.wire.Connection;
import org.postrider.wire.ConnectionHandler;

/**
 * Serves SMTP connections (RFC 5321; RFC 6409 on submission ports). One for each role; all of them
 * share the store.
 */
public final class SmtpFrontEnd implements ConnectionHandler {
  private final SmtpSettings settings;
  private final Store store;
  private final Authenticator authenticator;
  private final Clock clock;

  public SmtpFrontEnd(
      SmtpSettings settings, Store store, Authenticator authenticator, Clock clock) {
    this.settings = settings;
    this.store = store;
    this.authenticator = authenticator;
    this.clock = clock;
  }

  @Override
  public void handle(Connection connection) throws IOException {
    new SmtpSession(settings, store, authenticator, clock, connection).run();
  }
}
