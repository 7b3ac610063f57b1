package org.postrider.control.operation;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postrider.storage.backup.Backups;

/**
 * Restores a snapshot for a trial and compares what comes of it with what was backed up.
 *
 * @param directory absolute
 * @param snapshot its name, or null for the last one
 */
public record BackupVerify(String directory, @Nullable String snapshot)
    implements Operation<BackupVerify.Reply> {
  private static final int FINDINGS_SHOWN = 10;

  /** The backup that is sound. */
  public record Reply(String directory) {}

  @Override
  public Reply execute(Administration administration, Progress progress) throws Refusal {
    List<String> findings =
        LongWork.run(() -> Backups.verify(Path.of(directory), snapshot, progress::report));
    if (!findings.isEmpty()) {
      throw new Refusal(Refusal.Reason.CANNOT, "The backup is not sound: " + text(findings));
    }
    return new Reply(directory);
  }

  @Override
  public boolean needsStore() {
    return false;
  }

  /** The findings, and what to do. */
  static String text(List<String> findings) {
    int more = findings.size() - FINDINGS_SHOWN;
    return String.join("; ", findings.subList(0, Math.min(FINDINGS_SHOWN, findings.size())))
        + (more > 0 ? "; and " + more + " more" : "")
        + ". Delete a segment file that is damaged and back up again: what it held is copied anew.";
  }
}
