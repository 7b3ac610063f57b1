package org.postrider.storage.backup;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.postrider.storage.StoreExport.Content;
import org.postrider.storage.StoreLoader;
import org.postrider.storage.StoreSettings;

/** Loads a snapshot into a new store. A content whose bytes are lost is replaced by a notice. */
final class SnapshotLoader {
  private static final long REPORT_OCTETS = 1 << 20;

  private final BackupDirectory directory;
  private final Snapshot snapshot;
  private final Backups.Progress progress;
  private final List<String> damaged = new ArrayList<>();

  SnapshotLoader(BackupDirectory directory, Snapshot snapshot, Backups.Progress progress) {
    this.directory = directory;
    this.snapshot = snapshot;
    this.progress = progress;
  }

  /**
   * Loads everything, durably.
   *
   * @return what of the backup is damaged, each a segment file and a content
   * @throws IOException naming the file, when rows cannot be read
   */
  List<String> load(StoreSettings settings) throws IOException {
    try (StoreLoader loader = StoreLoader.create(settings, snapshot.schema())) {
      for (Path file : BackupDirectory.list(directory.snapshot(snapshot.name()))) {
        String name = file.getFileName().toString();
        if (name.endsWith(".gz") && !name.equals(BackupDirectory.CONTENTS)) {
          rows(loader, file, name.substring(0, name.length() - ".gz".length()));
        }
      }
      contents(loader);
      loader.finish();
    }
    return damaged;
  }

  private static void rows(StoreLoader loader, Path file, String table) throws IOException {
    try (TableReader reader = new TableReader(file)) {
      loader.table(table, reader.columns());
      for (var row = reader.next(); row != null; row = reader.next()) {
        loader.row(row);
      }
    }
  }

  private void contents(StoreLoader loader) throws IOException {
    long done = 0;
    long reported = 0;
    try (Segments segments = new Segments(directory.segments(), 0);
        TableReader reader =
            new TableReader(
                directory.snapshot(snapshot.name()).resolve(BackupDirectory.CONTENTS))) {
      for (var row = reader.next(); row != null; row = reader.next()) {
        StoredContent stored = StoredContent.of(row);
        if (stored.segment() == 0) {
          loader.content(stored.content(), new Notice(stored.content().size()));
        } else if (!loaded(loader, segments, stored)) {
          damaged.add(
              "segments/" + Segments.name(stored.segment()) + ", content " + stored.content().id());
          notice(loader, stored.content());
        }
        done += stored.content().size();
        if (done - reported >= REPORT_OCTETS || done == snapshot.bytes()) {
          progress.report("octets", done, snapshot.bytes());
          reported = done;
        }
      }
    }
  }

  private static boolean loaded(StoreLoader loader, Segments segments, StoredContent stored) {
    if (Files.notExists(segments.file(stored.segment()))) {
      return false;
    }
    try (InputStream bytes = segments.read(stored)) {
      return loader.content(stored.content(), bytes);
    } catch (IOException e) {
      return false;
    }
  }

  private static void notice(StoreLoader loader, Content content) throws IOException {
    loader.forget(content.id());
    loader.content(content, new Notice(content.size()));
  }
}
