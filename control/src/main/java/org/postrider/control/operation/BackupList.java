package org.postrider.control.operation;

import java.nio.file.Path;
import java.util.List;
import org.postrider.storage.backup.Backups;

/**
 * The snapshots of a backup.
 *
 * @param directory absolute
 */
public record BackupList(String directory) implements Operation<BackupList.Reply> {
  /** The snapshots, the oldest first. */
  public record Reply(String directory, List<SnapshotView> snapshots) {}

  @Override
  public Reply execute(Administration administration, Progress progress) throws Refusal {
    return new Reply(
        directory, Backups.list(Path.of(directory)).stream().map(SnapshotView::of).toList());
  }

  @Override
  public boolean needsStore() {
    return false;
  }
}
