package org.postrider.control.operation;

import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.postrider.storage.Housekeeping;
import org.postrider.storage.StoreCondition;
import org.postrider.storage.StoreStatistics;

/** Whether a server runs, where it listens, and what the store holds. */
public record StatusShow() implements Operation<StatusShow.Reply> {
  /**
   * The state.
   *
   * @param data the data directory
   * @param started null when no server runs
   * @param ports empty when no server runs
   * @param heapBytes the server's heap in use, octets
   * @param condition whether the store can do its work: sound, disk_low, disk_full or failed
   * @param freeBytes octets left on the store's disk, -1 where that is not known
   * @param problem a sentence about a condition other than sound
   * @param store null when the store failed: it is not read any more
   * @param lastBackup null when none was made
   */
  public record Reply(
      String version,
      String data,
      boolean running,
      @Nullable Instant started,
      List<RunningServer.ServedPort> ports,
      long heapBytes,
      String condition,
      long freeBytes,
      @Nullable String problem,
      @Nullable Figures store,
      Scrub scrub,
      @Nullable LastBackup lastBackup) {
    /** Whether the store failed, so that the server must be started anew. */
    public boolean failed() {
      return condition.equals(word(StoreCondition.State.FAILED));
    }
  }

  /**
   * The slow check of all messages that a running server makes.
   *
   * @param contents read in this round
   * @param bytes octets read in this round
   * @param began when this round began; null between rounds
   * @param finished when the last round ended; null before the first
   * @param damaged contents that cannot be read back as they came
   * @param reusesSpace whether sparse parts of the file are brought together; rests after damage
   */
  public record Scrub(
      long contents,
      long bytes,
      @Nullable Instant began,
      @Nullable Instant finished,
      long damaged,
      boolean reusesSpace) {}

  /**
   * What the store holds.
   *
   * @param bytes octets on disk
   */
  public record Figures(long users, long folders, long messages, long queued, long bytes) {}

  @Override
  public Reply execute(Administration administration, Progress progress) {
    @Nullable RunningServer server = administration.server().orElse(null);
    StoreCondition condition = administration.store().condition();
    boolean failed = condition.state() == StoreCondition.State.FAILED;
    Runtime runtime = Runtime.getRuntime();
    return new Reply(
        administration.installation().version(),
        administration.installation().data().toString(),
        server != null,
        server == null ? null : server.started(),
        server == null ? List.of() : server.ports(),
        server == null ? 0 : runtime.totalMemory() - runtime.freeMemory(),
        word(condition.state()),
        condition.freeBytes() == Long.MAX_VALUE ? -1 : condition.freeBytes(),
        condition.state() == StoreCondition.State.SOUND ? null : condition.sentence(),
        failed ? null : figures(administration.store().statistics()),
        scrub(administration.store().housekeeping().progress()),
        LastBackup.read(administration.installation().data()));
  }

  private static String word(StoreCondition.State state) {
    return state.name().toLowerCase(Locale.ROOT);
  }

  private static Scrub scrub(Housekeeping.Progress progress) {
    return new Scrub(
        progress.contents(),
        progress.octets(),
        progress.began().orElse(null),
        progress.finished().orElse(null),
        progress.damaged(),
        progress.rewrites());
  }

  private static Figures figures(StoreStatistics store) {
    return new Figures(
        store.accounts(),
        store.mailboxes(),
        store.messages(),
        store.queueEntries(),
        store.octets());
  }
}
