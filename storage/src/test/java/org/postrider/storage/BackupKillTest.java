package org.postrider.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postrider.storage.backup.Backups;
import org.postrider.storage.backup.Snapshot;

/**
 * A process is killed (SIGKILL) while it makes backups; more often with {@code
 * -Dpostrider.backup.kills=N}, at other moments with {@code -Dpostrider.backup.seed=S}.
 */
class BackupKillTest {
  private static final int KILLS = Integer.getInteger("postrider.backup.kills", 2);
  private static final long SEED = Long.getLong("postrider.backup.seed", 1);

  /** One of so many kills at least breaks a backup off, when there are so many. */
  private static final int ENOUGH = 10;

  /** About as long as a small backup with its pruning takes. */
  private static final long BACKUP_NANOS = TimeUnit.MILLISECONDS.toNanos(80);

  private static final Backups.Progress NONE = (what, done, total) -> {};

  @TempDir Path temp;

  private final RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(SEED);

  private Path data() {
    return temp.resolve("data");
  }

  private Path backup() {
    return temp.resolve("backup");
  }

  /** Lets the process make backups, kills it in one of them; returns those it acknowledged. */
  private List<String> killed(int kill) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx64m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                BackupProcess.class.getName(),
                data().toString(),
                backup().toString(),
                String.valueOf(SEED + kill))
            .redirectError(temp.resolve("errors").toFile())
            .start();
    List<String> acknowledged = new ArrayList<>();
    try (BufferedReader lines = process.inputReader()) {
      int last = 1 + random.nextInt(3);
      for (int begun = 0; begun <= last; ) {
        String line = lines.readLine();
        assertThat(line).as("%s", Files.readString(temp.resolve("errors"))).isNotNull();
        if (line.equals("begin")) {
          begun++;
        } else {
          acknowledged.add(line.substring("done ".length()));
        }
      }
      LockSupport.parkNanos(random.nextLong(BACKUP_NANOS)); // the moment, at random
      process.toHandle().destroyForcibly(); // Process would close its output
      process.waitFor();
      lines
          .lines()
          .filter(line -> line.startsWith("done "))
          .map(line -> line.substring("done ".length()))
          .forEach(acknowledged::add);
    }
    return acknowledged;
  }

  /** Compares the checksums of all files of a snapshot. */
  private void requireWhole(String snapshot) throws Exception {
    Path sums = backup().resolve("snapshots").resolve(snapshot).resolve("SHA256SUMS");
    List<String> lines = Files.readAllLines(sums);
    assertThat(lines).as(snapshot).hasSizeGreaterThan(10);
    for (String line : lines) {
      byte[] bytes = Files.readAllBytes(backup().resolve(line.substring(66)));
      String sum = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
      assertThat(line).as(snapshot).startsWith(sum);
    }
  }

  @Test
  void noHalfBackupIsEverTakenForAWholeOne() throws Exception {
    StoreSettings settings = StoreSettings.inDirectory(data());
    try (Store store = Store.open(settings, Clock.systemUTC())) {
      store.directory().createAccount("alice@example.org", "secret");
    }
    int brokenOff = 0;
    for (int kill = 0; kill < KILLS; kill++) {
      List<String> acknowledged = killed(kill);
      brokenOff += hasUnfinished() ? 1 : 0;
      List<String> listed = Backups.list(backup()).stream().map(Snapshot::name).toList();
      assertThat(listed).as("kill %d", kill).contains(acknowledged.getLast());
      for (String snapshot : listed) {
        requireWhole(snapshot);
      }
    }
    assertThat(brokenOff).as("backups that were broken off").isGreaterThanOrEqualTo(KILLS / ENOUGH);
    try (Store store = Store.open(settings, Clock.systemUTC())) {
      Backups.Selection alice = new Backups.Selection("alice@example.org", null, null, false);
      assertThat(Backups.restoreAccount(store, backup(), alice, NONE).restored())
          .as("the store has all that the backups have")
          .isZero();
      Backups.prune(backup(), 1);
      assertThat(StoreCheck.run(store)).isEmpty();
    }
    assertThat(Backups.verify(backup(), null, NONE)).isEmpty();
    assertThat(hasUnfinished()).isFalse();
  }

  private boolean hasUnfinished() throws IOException {
    try (Stream<Path> files = Files.walk(backup())) {
      return files.anyMatch(file -> file.toString().endsWith(".unfinished"));
    }
  }
}
