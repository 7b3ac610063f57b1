package org.postrider.pop3;

import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.postrider.storage.MailboxId;
import org.postrider.storage.Store;
import org.postrider.wire.Connection;

/**
 * The exclusive access to a maildrop that RFC 1939 §4 asks for, in this process.
 *
 * <p>A session is either within a command or waits for the next one. Only a session that waits, and
 * has waited long, can lose its lease. From then on {@link #begin} is false for it, so that none of
 * its commands, and no removal of its marked messages, can run beside the new session.
 */
final class MaildropLease implements AutoCloseable {
  private static final ConcurrentHashMap<Key, MaildropLease> HELD = new ConcurrentHashMap<>();

  private record Key(Store store, MailboxId mailbox) {}

  private enum State {
    WAITING,
    IN_COMMAND,
    LOST
  }

  private final Key key;
  private final Connection connection;
  private final Clock clock;
  private State state = State.IN_COMMAND;
  private long waitingSince;

  private MaildropLease(Key key, Connection connection, Clock clock) {
    this.key = key;
    this.connection = connection;
    this.clock = clock;
  }

  /**
   * Takes the maildrop, if nobody has it or its holder has been silent for long; that one's
   * connection is closed then. The new holder is within a command.
   */
  static Optional<MaildropLease> take(
      Store store, MailboxId mailbox, Connection connection, Clock clock, Duration takeoverAfter) {
    Key key = new Key(store, mailbox);
    MaildropLease wanted = new MaildropLease(key, connection, clock);
    MaildropLease holder =
        HELD.compute(key, (k, held) -> held == null || held.lose(takeoverAfter) ? wanted : held);
    return holder == wanted ? Optional.of(wanted) : Optional.empty();
  }

  private synchronized boolean lose(Duration takeoverAfter) {
    if (state == State.WAITING && clock.millis() - waitingSince >= takeoverAfter.toMillis()) {
      state = State.LOST;
      connection.close();
    }
    return state == State.LOST;
  }

  /** A command begins; false when the lease was lost. */
  synchronized boolean begin() {
    if (state == State.LOST) {
      return false;
    }
    state = State.IN_COMMAND;
    return true;
  }

  /** The command is done. */
  synchronized void end() {
    if (state == State.IN_COMMAND) {
      state = State.WAITING;
      waitingSince = clock.millis();
    }
  }

  @Override
  public void close() {
    HELD.remove(key, this);
  }
}
