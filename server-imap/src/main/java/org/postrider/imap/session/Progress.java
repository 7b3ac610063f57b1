package org.postrider.imap.session;

import java.io.IOException;
import org.postrider.imap.response.ResponseCode;

/** Tells a client that waits for a long command how far it has come (RFC 9585). */
public final class Progress {
  /** It is told at most that often, milliseconds. */
  private static final long INTERVAL = 10_000;

  private final ImapSession session;
  private final long goal;
  private long last;

  /**
   * @param goal how many messages are to be looked at
   */
  public Progress(ImapSession session, long goal) {
    this.session = session;
    this.goal = goal;
    this.last = session.clock().millis();
  }

  /** So many messages were looked at. To be called between untagged responses. */
  public void at(long done) throws IOException {
    long now = session.clock().millis();
    if (now - last < INTERVAL || done >= goal) {
      return;
    }
    last = now;
    session.writer().ok(new ResponseCode.InProgress(session.tag(), done, goal), "Still processing");
    session.writer().output().flush();
  }
}
