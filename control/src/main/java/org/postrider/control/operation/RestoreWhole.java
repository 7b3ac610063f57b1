package org.postrider.control.operation;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postrider.storage.Store;
import org.postrider.storage.StoreSettings;
import org.postrider.storage.StoreStatistics;
import org.postrider.storage.backup.Backups;

/**
 * Restores a whole backup where there is no store yet.
 *
 * @param directory absolute
 * @param snapshot its name, or null for the last one
 */
public record RestoreWhole(String directory, @Nullable String snapshot)
    implements Operation<RestoreWhole.Reply> {
  /**
   * What is there now.
   *
   * @param damaged what of the backup is damaged; a notice stands for each such message
   */
  public record Reply(String data, long users, long messages, List<String> damaged) {}

  @Override
  public Reply execute(Administration administration, Progress progress) throws Refusal {
    Path data = administration.installation().data();
    if (administration.server().isPresent()) {
      throw new Refusal(
          Refusal.Reason.CANNOT,
          "A server runs on " + data + ": stop it, and restore into an empty data directory.");
    }
    StoreSettings settings = administration.installation().store();
    try {
      Files.createDirectories(data);
      Files.createDirectories(settings.directory().orElse(data));
    } catch (IOException e) {
      throw new Refusal(Refusal.Reason.CANNOT, "A directory cannot be made: " + e.getMessage());
    }
    List<String> damaged =
        LongWork.run(
            () -> Backups.restore(Path.of(directory), snapshot, settings, progress::report));
    try (Store store = Store.open(settings, Clock.systemUTC())) {
      StoreStatistics statistics = store.statistics();
      return new Reply(data.toString(), statistics.accounts(), statistics.messages(), damaged);
    }
  }

  @Override
  public boolean startsInstallation() {
    return true;
  }

  @Override
  public boolean needsStore() {
    return false;
  }
}
