package org.postrider.control.operation;

import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postrider.storage.Store;
import org.postrider.storage.backup.Backups;
import org.postrider.storage.backup.Snapshot;

/**
 * Adds a snapshot to a backup while mail flows.
 *
 * @param directory absolute
 * @param verify restores it for a trial, and compares
 * @param keep how many snapshots are kept, or null for all
 */
public record BackupCreate(String directory, boolean verify, @Nullable Integer keep)
    implements Operation<BackupCreate.Reply> {
  /**
   * The snapshot.
   *
   * @param removed snapshots that were let go
   */
  public record Reply(
      String directory, SnapshotView snapshot, boolean verified, List<String> removed) {}

  @Override
  public Reply execute(Administration administration, Progress progress) throws Refusal {
    if (keep != null && keep < 1) {
      throw new Refusal(Refusal.Reason.BAD_ARGUMENT, "Keep one snapshot at least.");
    }
    Store store = administration.store();
    return LongWork.run(() -> create(store, administration.installation().data(), progress));
  }

  private Reply create(Store store, Path data, Progress progress) throws Refusal {
    Path backup = Path.of(directory);
    Snapshot snapshot = Backups.create(store, backup, Clock.systemUTC(), progress::report);
    LastBackup last =
        new LastBackup(directory, snapshot.name(), snapshot.created().toString(), null);
    last.write(data);
    if (verify) {
      List<String> findings = Backups.verify(backup, snapshot.name(), progress::report);
      if (!findings.isEmpty()) {
        throw new Refusal(
            Refusal.Reason.CANNOT,
            "The backup was made, but is not sound: " + BackupVerify.text(findings));
      }
      last.verifiedAt(Clock.systemUTC().instant()).write(data);
    }
    List<String> removed =
        keep == null
            ? List.of()
            : Backups.prune(backup, keep).stream().map(Snapshot::name).toList();
    return new Reply(directory, SnapshotView.of(snapshot), verify, removed);
  }
}
