package org.postrider.control.operation;

import java.time.Instant;
import java.util.List;
import org.postrider.storage.backup.Snapshot;

/**
 * A snapshot of a backup as administrators see one.
 *
 * @param bytes octets of all contents, not compressed
 * @param unreadable contents that were damaged in the store; a notice takes their place
 */
public record SnapshotView(
    String name, Instant created, long users, long messages, long bytes, List<Long> unreadable) {
  static SnapshotView of(Snapshot snapshot) {
    return new SnapshotView(
        snapshot.name(),
        snapshot.created(),
        snapshot.rows("account"),
        snapshot.rows("message"),
        snapshot.bytes(),
        snapshot.unreadable());
  }
}
