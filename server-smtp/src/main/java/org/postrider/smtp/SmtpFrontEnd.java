package org.postrider.smtp;

import java.io.IOException;
import java.time.Clock;
import java.util.List;
import java.util.stream.Stream;
import org.postrider.auth.Authenticator;
import org.postrider.smtp.check.LoopCheck;
import org.postrider.smtp.check.MailCheck;
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
  private final List<MailCheck> checks;

  /** A front-end that asks nobody about mail. */
  public SmtpFrontEnd(
      SmtpSettings settings, Store store, Authenticator authenticator, Clock clock) {
    this(settings, store, authenticator, clock, List.of());
  }

  /**
   * A front-end.
   *
   * @param checks of all mail that comes in, in their order
   */
  public SmtpFrontEnd(
      SmtpSettings settings,
      Store store,
      Authenticator authenticator,
      Clock clock,
      List<MailCheck> checks) {
    this.checks =
        Stream.concat(Stream.of(new LoopCheck(settings.receivedMax())), checks.stream()).toList();
    this.settings = settings;
    this.store = store;
    this.authenticator = authenticator;
    this.clock = clock;
  }

  @Override
  public void handle(Connection connection) throws IOException {
    new SmtpSession(settings, store, authenticator, clock, connection, checks).run();
  }
}
