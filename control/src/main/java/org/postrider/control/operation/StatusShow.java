package org.postrider.control.operation;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
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
   */
  public record Reply(
      String version,
      String data,
      boolean running,
      @Nullable Instant started,
      List<RunningServer.ServedPort> ports,
      long heapBytes,
      Figures store) {}

  /**
   * What the store holds.
   *
   * @param bytes octets on disk
   */
  public record Figures(long users, long folders, long messages, long queued, long bytes) {}

  @Override
  public Reply execute(Administration administration, Progress progress) {
    @Nullable RunningServer server = administration.server().orElse(null);
    Runtime runtime = Runtime.getRuntime();
    return new Reply(
        administration.installation().version(),
        administration.installation().data().toString(),
        server != null,
        server == null ? null : server.started(),
        server == null ? List.of() : server.ports(),
        server == null ? 0 : runtime.totalMemory() - runtime.freeMemory(),
        figures(administration.store().statistics()));
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
