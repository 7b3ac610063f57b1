package org.postrider.storage;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the store does for itself while there is time: reads all contents again, slowly, and brings
 * together what is left of sparse parts of the file, so that their space can be used again. A step
 * at a time; the caller sets the pace. One thread.
 */
public final class Housekeeping {
  private static final Logger log = LoggerFactory.getLogger(Housekeeping.class);

  /** How far the check of contents is, is written down each time that so much was read, octets. */
  private static final long NOTE_OCTETS = 64 << 20;

  /** Parts of the file that are used to this percentage together are left alone. */
  private static final int FILL_PERCENT = 70;

  private static final String STATE =
      "SELECT position, began, contents, octets, finished, rewriting FROM housekeeping";

  private final Store store;
  private final Clock clock;
  private volatile State state;
  private boolean rewrites;
  private long noted;

  /**
   * How far the check of contents is.
   *
   * @param position the last content that was read
   * @param began epoch milliseconds, 0 before the first
   * @param octets read in this round
   * @param finished when the last round ended, epoch milliseconds, or 0
   */
  private record State(long position, long began, long contents, long octets, long finished) {}

  /**
   * How far the slow check of all contents is.
   *
   * @param contents that were read in this round
   * @param octets that were read in this round
   * @param began when this round began; empty before the first, and between rounds
   * @param finished when the last round ended
   * @param damaged contents in quarantine
   * @param rewrites whether sparse parts of the file are brought together
   */
  public record Progress(
      long contents,
      long octets,
      Optional<Instant> began,
      Optional<Instant> finished,
      long damaged,
      boolean rewrites) {}

  Housekeeping(Store store, Clock clock) {
    this.store = store;
    this.clock = clock;
    boolean[] died = {false};
    this.state =
        store
            .database()
            .read(connection -> {
              try (PreparedStatement query = connection.prepareStatement(STATE);
                  ResultSet rs = query.executeQuery()) {
                if (!rs.next()) {
                  return new State(0, 0, 0, 0, 0);
                }
                died[0] = rs.getBoolean(6);
                return new State(
                    rs.getLong(1), rs.getLong(2), rs.getLong(3), rs.getLong(4), rs.getLong(5));
              }
            });
    this.rewrites = !died[0];
    if (died[0]) {
      log.warn(
          "the server ended while it brought sparse parts of the file together; that rests until"
              + " `postrider check` finds the store sound");
    }
  }

  public Progress progress() {
    State now = state;
    return new Progress(
        now.contents,
        now.octets,
        now.began == 0 ? Optional.empty() : Optional.of(Instant.ofEpochMilli(now.began)),
        now.finished == 0 ? Optional.empty() : Optional.of(Instant.ofEpochMilli(now.finished)),
        store.quarantine().size(),
        mayRewrite());
  }

  /** Octets of the file. */
  public long octets() {
    return store.database().read(connection -> store.database().dialect().octets(connection));
  }

  /** How many changes were made since the store was opened, to see whether it is idle. */
  public long changes() {
    return store.writer().jobs();
  }

  /** When the last whole check of contents ended; the epoch if there was none. */
  public Instant lastScrub() {
    return Instant.ofEpochMilli(state.finished);
  }

  /**
   * Reads the next few dozen contents and compares them with their checksums; what is damaged goes
   * into quarantine.
   *
   * @return octets that were read; -1 when this was the end of a round
   */
  public long scrub() {
    State before = state;
    ContentCheck check = new ContentCheck(store, new Findings());
    long last = check.step(before.position);
    long began = before.began == 0 ? clock.millis() : before.began;
    boolean end = last == Long.MAX_VALUE;
    state =
        end
            ? new State(0, 0, 0, 0, clock.millis())
            : new State(
                last,
                began,
                before.contents + check.contents(),
                before.octets + check.octets(),
                before.finished);
    noted += check.octets();
    if (end || noted >= NOTE_OCTETS) {
      note();
    }
    return end ? -1 : check.octets();
  }

  private void note() {
    noted = 0;
    State now = state;
    store
        .writer()
        .submit(
            0,
            tx ->
                tx.execute(
                    "UPDATE housekeeping SET position = ?, began = ?, contents = ?, octets = ?,"
                        + " finished = ?",
                    now.position,
                    now.began,
                    now.contents,
                    now.octets,
                    now.finished));
  }

  private static final class Findings implements ContentCheck.Findings {
    @Override
    public void damaged(long content, String why) {} // the quarantine logs it

    @Override
    public void digest(long content) {
      log.warn("content {} has a digest that is not its own: `postrider check --repair`", content);
    }

    @Override
    public void orphan(long content) {
      log.warn("pieces of content {} belong to nobody: `postrider check --repair`", content);
    }
  }

  private boolean mayRewrite() {
    return rewrites && store.quarantine().size() == 0 && !store.database().sawDamage();
  }

  /**
   * Brings together what is left in the sparsest parts of the file. Mail waits as long as that
   * lasts, some 10 ms for a megabyte.
   *
   * <p>H2 closes the database when it meets a damaged page here. So it rests when damage is known,
   * and after a process that ended in the middle, until a check finds the store sound.
   *
   * @param octets about how much is written
   * @return whether there was something to do
   */
  public boolean rewriteSparse(int octets) {
    if (!mayRewrite() || !store.database().dialect().isSparse(connection(), FILL_PERCENT)) {
      return false;
    }
    markRewriting(true);
    return store
        .writer()
        .submit(
            octets,
            tx -> {
              tx.flush();
              boolean rewritten = store.database().dialect().rewriteSparse(tx.connection(), octets);
              tx.execute("UPDATE housekeeping SET rewriting = FALSE");
              return rewritten;
            });
  }

  private Connection connection() {
    return store.database().writerConnection();
  }

  private void markRewriting(boolean rewriting) {
    store.writer().submit(0, tx -> tx.execute("UPDATE housekeeping SET rewriting = ?", rewriting));
  }

  /** To be called when a check of everything found the store sound. */
  void foundSound() {
    if (!rewrites) {
      markRewriting(false);
      rewrites = true;
    }
    store.database().forgetDamage();
  }
}
