package org.postrider.storage.backup;

import static org.postrider.storage.StorageException.Reason.CANNOT;
import static org.postrider.storage.StorageException.Reason.NOT_FOUND;
import static org.postrider.storage.StorageException.Reason.UNAVAILABLE;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.postrider.storage.Restoration;
import org.postrider.storage.StorageException;
import org.postrider.storage.Store;
import org.postrider.storage.StoreCheck;
import org.postrider.storage.StoreExport;
import org.postrider.storage.StoreExport.Column;
import org.postrider.storage.StoreExport.Content;
import org.postrider.storage.StoreSettings;

/**
 * Backups in a directory: snapshots of the store that share the bytes they have in common. All of
 * it is compressed and has checksums; a run that is broken off leaves the snapshots before as they
 * were. The format is described in docs/backup.md.
 */
public final class Backups {
  private static final String STORE_FILE = "postrider.mv.db";

  private Backups() {}

  /** Hears how far it is; what it throws breaks the work off. */
  @FunctionalInterface
  public interface Progress {
    /**
     * @param what what is counted, in the plural
     */
    void report(String what, long done, long total);
  }

  /** Work on files. */
  @FunctionalInterface
  private interface Work<T> {
    T run() throws IOException;
  }

  /** A failure of the files becomes one sentence. */
  private static <T> T onFiles(Path directory, Work<T> work) {
    try {
      return work.run();
    } catch (IOException e) {
      throw new StorageException(
          UNAVAILABLE, "The backup in " + directory + " failed: " + e.getMessage(), e);
    }
  }

  /**
   * Adds a snapshot of a store that is open, while it is at work.
   *
   * @param directory of a backup, or one that is empty or missing
   * @throws StorageException CANNOT when the directory holds other things or is in use, UNAVAILABLE
   *     when it cannot be written; no snapshot was added then
   */
  public static Snapshot create(Store store, Path directory, Clock clock, Progress progress) {
    return onFiles(
        directory,
        () -> {
          try (BackupDirectory files = BackupDirectory.toWrite(directory);
              StoreExport export = StoreExport.of(store)) {
            files.clean();
            List<Snapshot> before = files.snapshots();
            @Nullable Snapshot previous = before.isEmpty() ? null : before.getLast();
            Instant now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
            String name = now.toString().replace(':', '-');
            if (previous != null && previous.name().compareTo(name) >= 0) {
              throw new StorageException(
                  CANNOT, "The backup has a snapshot " + previous.name() + ", which is not older");
            }
            return new SnapshotWriter(files, export, name, progress).write(now, previous);
          }
        });
  }

  /** The snapshots of a backup, the oldest first. */
  public static List<Snapshot> list(Path directory) {
    return onFiles(
        directory,
        () -> {
          try (BackupDirectory files = BackupDirectory.toRead(directory)) {
            return files.snapshots();
          }
        });
  }

  /** Deletes all but the last snapshots; returns those that went. */
  public static List<Snapshot> prune(Path directory, int keep) {
    return onFiles(
        directory,
        () -> {
          try (BackupDirectory files = BackupDirectory.toWrite(directory)) {
            return files.prune(Math.max(1, keep));
          }
        });
  }

  /**
   * Restores a snapshot into a store of its own beside the backup, checks that store, compares what
   * it holds with what was backed up, and deletes it.
   *
   * @param snapshot its name, or null for the last one
   * @return what is damaged, each in one line; empty when all is well
   */
  public static List<String> verify(Path directory, @Nullable String snapshot, Progress progress) {
    return onFiles(
        directory,
        () -> {
          try (BackupDirectory files = BackupDirectory.toRead(directory)) {
            Snapshot chosen = choose(files, snapshot);
            List<String> findings = new ArrayList<>(wrongSums(files, chosen));
            Path scratch = directory.resolve("verify" + BackupDirectory.UNFINISHED);
            BackupDirectory.deleteAll(scratch);
            try {
              StoreSettings settings = StoreSettings.inDirectory(scratch);
              findings.addAll(new SnapshotLoader(files, chosen, progress).load(settings));
              findings.addAll(differences(settings, chosen));
            } catch (IOException e) {
              findings.add(String.valueOf(e.getMessage()));
            } finally {
              BackupDirectory.deleteAll(scratch);
            }
            return List.copyOf(findings);
          }
        });
  }

  private static List<String> wrongSums(BackupDirectory files, Snapshot snapshot)
      throws IOException {
    List<String> wrong = new ArrayList<>();
    for (Map.Entry<String, String> sum : files.sums(snapshot.name()).entrySet()) {
      Path file = files.root().resolve(sum.getKey());
      if (Files.notExists(file)) {
        wrong.add(sum.getKey() + " is missing");
      } else if (!BackupDirectory.sha256(file).equals(sum.getValue())) {
        wrong.add(sum.getKey() + " is damaged");
      }
    }
    return wrong;
  }

  private static List<String> differences(StoreSettings settings, Snapshot snapshot)
      throws IOException {
    Counts counts = new Counts();
    List<String> findings;
    try (Store store = Store.open(settings, Clock.systemUTC());
        StoreExport export = StoreExport.of(store)) {
      findings = new ArrayList<>(StoreCheck.run(store));
      export.rows(counts);
    }
    snapshot
        .rows()
        .forEach((table, rows) -> {
          long restored = counts.rows.getOrDefault(table, 0L);
          if (restored != rows) {
            findings.add(table + ": " + restored + " rows of " + rows + " were restored");
          }
        });
    if (counts.contents != snapshot.contents() || counts.bytes != snapshot.bytes()) {
      findings.add(counts.contents + " contents of " + snapshot.contents() + " were restored");
    }
    return findings;
  }

  private static final class Counts implements StoreExport.Sink {
    private final Map<String, Long> rows = new TreeMap<>();
    private String table = "";
    private long contents;
    private long bytes;

    @Override
    public void table(String name, List<Column> columns) {
      table = name;
    }

    @Override
    public void row(@Nullable Object[] row) {
      rows.merge(table, 1L, Long::sum);
    }

    @Override
    public void content(Content content) {
      contents++;
      bytes += content.size();
    }
  }

  /**
   * Restores a whole store where none is. Ids, UIDs, UIDVALIDITY, flags and credentials are those
   * of the backup; UIDNEXT and HIGHESTMODSEQ leap, since clients may have seen numbers that were
   * given out after it.
   *
   * @param snapshot its name, or null for the last one
   * @param settings of a store in a directory
   * @return what is damaged in the backup: messages in whose place there is a notice
   * @throws StorageException CANNOT when there is a store
   */
  public static List<String> restore(
      Path directory, @Nullable String snapshot, StoreSettings settings, Progress progress) {
    Path data =
        settings
            .directory()
            .orElseThrow(
                () -> new StorageException(CANNOT, "A store in memory cannot be restored into"));
    return onFiles(
        directory,
        () -> {
          Path target = data.resolve(STORE_FILE);
          if (Files.exists(target)) {
            throw new StorageException(
                CANNOT,
                "There is a store in "
                    + data
                    + "; a whole backup is restored into an empty directory only");
          }
          try (BackupDirectory files = BackupDirectory.toRead(directory)) {
            Snapshot chosen = choose(files, snapshot);
            Path unfinished = data.resolve("restore" + BackupDirectory.UNFINISHED);
            BackupDirectory.deleteAll(unfinished);
            List<String> damaged =
                new SnapshotLoader(files, chosen, progress)
                    .load(StoreSettings.inDirectory(unfinished));
            Files.move(unfinished.resolve(STORE_FILE), target, StandardCopyOption.ATOMIC_MOVE);
            BackupDirectory.force(data);
            BackupDirectory.deleteAll(unfinished);
            return List.copyOf(damaged);
          }
        });
  }

  /**
   * What is to be restored of one account.
   *
   * @param user an address
   * @param folder a folder with those below it, or null for all
   * @param snapshot its name, or null for the last one
   * @param dryRun only says what would be done
   */
  public record Selection(
      String user, @Nullable String folder, @Nullable String snapshot, boolean dryRun) {}

  /**
   * Brings back what is missing of an account, into a store that is at work. What is there is left
   * alone: a message that its folder has, under its UID or another one, does not come twice, so
   * this can be repeated, and goes on where it was broken off.
   *
   * @throws StorageException NOT_FOUND when the snapshot does not have what is asked for; CANNOT
   *     when a newer version made it; NO_SPACE and UNAVAILABLE, after which some is restored
   */
  public static RestoreReport restoreAccount(
      Store store, Path directory, Selection selection, Progress progress) {
    return onFiles(
        directory,
        () -> {
          try (BackupDirectory files = BackupDirectory.toRead(directory)) {
            Snapshot chosen = choose(files, selection.snapshot);
            try (Restoration restoration = Restoration.of(store, chosen.schema())) {
              return new AccountRestore(
                      files, chosen, store, restoration, selection.dryRun, progress)
                  .run(selection.user, selection.folder);
            }
          }
        });
  }

  private static Snapshot choose(BackupDirectory files, @Nullable String name) throws IOException {
    List<Snapshot> all = files.snapshots();
    Optional<Snapshot> chosen =
        name == null
            ? all.reversed().stream().findFirst()
            : all.stream().filter(snapshot -> snapshot.name().equals(name)).findFirst();
    return chosen.orElseThrow(() ->
        new StorageException(
            NOT_FOUND,
            "The backup in "
                + files.root()
                + " has no snapshot"
                + (name == null ? "" : " " + name)));
  }
}
