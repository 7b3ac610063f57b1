package org.postrider.imap.command;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.postrider.imap.response.Completion;
import org.postrider.imap.session.ImapSession;
import org.postrider.imap.syntax.ImapFatalException;
import org.postrider.imap.syntax.ImapReader;
import org.postrider.imap.syntax.ImapSyntaxException;

/** IDLE (RFC 2177): waits for changes or for the client, whichever comes first. */
record Idle() implements ImapCommand {
  /** The client is looked after at least that often, whatever the settings are. */
  private static final Duration LOOK_AFTER = Duration.ofMinutes(29);

  static Idle parse(ImapReader in) {
    return new Idle();
  }

  @Override
  public Completion execute(ImapSession session) throws IOException, ImapSyntaxException {
    session.writer().continuation("idling");
    session.reader().release();
    Duration left = session.limits().idleTimeout();
    long start = System.nanoTime();
    while (true) {
      session.reportChanges(session.report(true, false));
      // RFC 5465 §4
      session.reportNotifications();
      Duration wait = left.compareTo(LOOK_AFTER) < 0 ? left : LOOK_AFTER;
      switch (session.connection().await(wait)) {
        case INPUT -> {
          return done(session.reader().plainLine());
        }
        case SIGNAL -> {}
        case TIMEOUT -> {
          if (System.nanoTime() - start >= left.toNanos()) {
            throw new ImapFatalException("Idle for too long");
          }
        }
      }
    }
  }

  private static Completion done(byte[] line) {
    return new String(line, StandardCharsets.ISO_8859_1).equalsIgnoreCase("DONE")
        ? Completion.ok("Idle completed")
        : Completion.bad("Expected DONE");
  }
}
