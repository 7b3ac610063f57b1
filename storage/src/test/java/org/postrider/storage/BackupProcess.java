package org.postrider.storage;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.postrider.storage.backup.Backups;
import org.postrider.storage.backup.Snapshot;

/**
 * Delivers mail and makes one backup after the other until it is killed. Says {@code begin} before
 * each backup and {@code done NAME} when it is acknowledged; keeps the last three.
 */
final class BackupProcess {
  private static final int KEEP = 3;

  private BackupProcess() {}

  /**
   * @param arguments the directories of the store and of the backup, and a seed
   */
  public static void main(String[] arguments) {
    Path backup = Path.of(arguments[1]);
    RandomGenerator random =
        RandomGeneratorFactory.of("L64X128MixRandom").create(Long.parseLong(arguments[2]));
    try (Store store =
        Store.open(StoreSettings.inDirectory(Path.of(arguments[0])), Clock.systemUTC())) {
      Account alice = store.directory().account("alice@example.org").orElseThrow();
      for (int minute = 1; ; minute++) {
        for (int i = 0; i < 4; i++) {
          TestMail.deliver(store, alice, "mail " + random.nextLong(), random.nextInt(60_000));
        }
        System.out.println("begin");
        List<Snapshot> before = minute == 1 ? listed(backup) : Backups.list(backup);
        Clock clock = Clock.offset(Clock.systemUTC(), ahead(before).plus(Duration.ofMinutes(1)));
        Snapshot made = Backups.create(store, backup, clock, (what, done, total) -> {});
        System.out.println("done " + made.name());
        Backups.prune(backup, KEEP);
      }
    }
  }

  private static List<Snapshot> listed(Path backup) {
    return backup.toFile().exists() ? Backups.list(backup) : List.of();
  }

  /** How far the last snapshot is ahead of the time: names are by the second. */
  private static Duration ahead(List<Snapshot> snapshots) {
    return snapshots.isEmpty()
        ? Duration.ZERO
        : Duration.between(Clock.systemUTC().instant(), snapshots.getLast().created());
  }
}
