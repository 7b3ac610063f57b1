package org.postrider.storage.backup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.postrider.storage.StorageException;
import org.postrider.storage.StoreExport;
import org.postrider.storage.StoreExport.Column;
import org.postrider.storage.StoreExport.Content;

/**
 * Adds a snapshot to a backup: first the rows and the list of contents as of one moment, then the
 * bytes of those contents that the snapshot before does not have. The snapshot gets its name when
 * all of it is on disk.
 */
final class SnapshotWriter {
  private static final String LISTED = "listed.gz";
  private static final long REPORT_OCTETS = 1 << 20;

  private final BackupDirectory directory;
  private final StoreExport export;
  private final Backups.Progress progress;
  private final String name;
  private final Path path;
  private final Map<String, Long> rows = new TreeMap<>();
  private final Set<Integer> segmentsUsed = new TreeSet<>();
  private final List<Long> unreadable = new ArrayList<>();
  private long contents;
  private long bytes;

  SnapshotWriter(
      BackupDirectory directory, StoreExport export, String name, Backups.Progress progress) {
    this.directory = directory;
    this.export = export;
    this.name = name;
    this.path = directory.snapshot(name + BackupDirectory.UNFINISHED);
    this.progress = progress;
  }

  Snapshot write(Instant now, @Nullable Snapshot previous) throws IOException {
    Files.createDirectory(path);
    int schema = export.schemaVersion();
    try (Rows sink = new Rows()) {
      export.rows(sink);
      sink.listed();
    }
    Map<String, String> known = previous == null ? Map.of() : directory.sums(previous.name());
    try (Segments segments = new Segments(directory.segments(), directory.lastSegment())) {
      copyContents(segments, previous, reusable(previous, known));
      segments.finish();
    }
    Files.delete(path.resolve(LISTED));
    Snapshot snapshot =
        new Snapshot(name, now, schema, Map.copyOf(rows), contents, bytes, List.copyOf(unreadable));
    BackupDirectory.write(path.resolve(BackupDirectory.MANIFEST), snapshot.text());
    BackupDirectory.write(path.resolve(BackupDirectory.SUMS), sums(known));
    BackupDirectory.force(path);
    Path complete = directory.snapshot(name);
    Files.move(path, complete, StandardCopyOption.ATOMIC_MOVE);
    BackupDirectory.force(complete.resolveSibling(""));
    return snapshot;
  }

  /** Takes the rows to a file per table. */
  private final class Rows implements StoreExport.Sink, AutoCloseable {
    private @Nullable TableWriter writer;
    private String table = "";

    @Override
    public void table(String name, List<Column> columns) throws IOException {
      close();
      table = name;
      writer = new TableWriter(path.resolve(name + ".gz"), TableText.header(columns));
    }

    @Override
    public void row(@Nullable Object[] row) throws IOException {
      if (writer != null) {
        writer.row(row);
      }
    }

    @Override
    public void content(Content content) throws IOException {
      listed();
      contents++;
      bytes += content.size();
      row(new StoredContent(content, 0, 0, 0).row());
    }

    /** Ends the tables; the list of contents is there though it be empty. */
    private void listed() throws IOException {
      if (table.equals(LISTED)) {
        return;
      }
      close();
      table = LISTED;
      writer = new TableWriter(path.resolve(LISTED), TableText.header(StoredContent.COLUMNS));
    }

    @Override
    public void close() throws IOException {
      if (writer != null) {
        writer.close();
        if (!table.equals(LISTED)) {
          rows.put(table, writer.rows());
        }
        writer = null;
      }
    }
  }

  /** The contents of the snapshot before, found in the order of their ids. */
  private final class Previous implements AutoCloseable {
    private final @Nullable TableReader reader;
    private @Nullable StoredContent next;

    Previous(@Nullable Snapshot snapshot) throws IOException {
      reader =
          snapshot == null
              ? null
              : new TableReader(
                  directory.snapshot(snapshot.name()).resolve(BackupDirectory.CONTENTS));
      advance();
    }

    private void advance() throws IOException {
      @Nullable Object @Nullable [] row = reader == null ? null : reader.next();
      next = row == null ? null : StoredContent.of(row);
    }

    /** The same content; an id may stand for another one after a loss of power. */
    @Nullable StoredContent find(Content content) throws IOException {
      while (next != null && next.content().id() < content.id()) {
        advance();
      }
      StoredContent found = next;
      return found != null
              && found.content().id() == content.id()
              && Arrays.equals(found.content().sha256(), content.sha256())
          ? found
          : null;
    }

    @Override
    public void close() throws IOException {
      if (reader != null) {
        reader.close();
      }
    }
  }

  /** Segments that are there, and of which at least half is still referred to. */
  private Set<Integer> reusable(@Nullable Snapshot previous, Map<String, String> known)
      throws IOException {
    Map<Integer, Long> live = new HashMap<>();
    try (TableReader listed = listed();
        Previous before = new Previous(previous)) {
      for (var row = listed.next(); row != null; row = listed.next()) {
        StoredContent found = before.find(StoredContent.of(row).content());
        if (found != null) {
          live.merge(found.segment(), found.length(), Long::sum);
        }
      }
    }
    Set<Integer> reusable = new HashSet<>();
    for (Map.Entry<Integer, Long> segment : live.entrySet()) {
      Path file = directory.segments().resolve(Segments.name(segment.getKey()));
      if (known.containsKey("segments/" + file.getFileName())
          && Files.exists(file)
          && 2 * segment.getValue() >= Files.size(file)) {
        reusable.add(segment.getKey());
      }
    }
    return reusable;
  }

  private TableReader listed() throws IOException {
    return new TableReader(path.resolve(LISTED));
  }

  private void copyContents(Segments segments, @Nullable Snapshot previous, Set<Integer> reusable)
      throws IOException {
    long done = 0;
    long reported = 0;
    try (TableReader listed = listed();
        Previous before = new Previous(previous);
        TableWriter writer =
            new TableWriter(
                path.resolve(BackupDirectory.CONTENTS), TableText.header(StoredContent.COLUMNS))) {
      for (var row = listed.next(); row != null; row = listed.next()) {
        Content content = StoredContent.of(row).content();
        StoredContent found = before.find(content);
        StoredContent stored;
        if (found != null && reusable.contains(found.segment())) {
          stored = new StoredContent(content, found.segment(), found.offset(), found.length());
        } else {
          stored = copy(segments, content);
        }
        if (stored.segment() != 0) {
          segmentsUsed.add(stored.segment());
        }
        writer.row(stored.row());
        done += content.size();
        if (done - reported >= REPORT_OCTETS || done == bytes) {
          progress.report("octets", done, bytes);
          reported = done;
        }
      }
    }
  }

  private StoredContent copy(Segments segments, Content content) throws IOException {
    MessageDigest sha256 = BackupDirectory.newSha256();
    try {
      Segments.Place place =
          segments.append(out -> {
            export.copy(content, new DigestOutputStream(out, sha256));
            if (!Arrays.equals(sha256.digest(), content.sha256())) {
              throw new StorageException(
                  StorageException.Reason.NOT_FOUND, "The content is damaged in the store");
            }
          });
      return new StoredContent(content, place.segment(), place.offset(), place.length());
    } catch (StorageException e) {
      if (e.reason() != StorageException.Reason.NOT_FOUND
          && e.reason() != StorageException.Reason.DAMAGED) {
        throw e;
      }
      unreadable.add(content.id());
      return new StoredContent(content, 0, 0, 0);
    }
  }

  /** The checksums of all files that the snapshot needs, as sha256sum writes them. */
  private String sums(Map<String, String> known) throws IOException {
    StringBuilder text = new StringBuilder();
    for (Path file : BackupDirectory.list(path)) {
      text.append(BackupDirectory.sha256(file))
          .append("  snapshots/" + name + "/")
          .append(file.getFileName())
          .append('\n');
    }
    for (int segment : segmentsUsed) {
      String key = "segments/" + Segments.name(segment);
      String sum = known.get(key);
      text.append(sum == null ? BackupDirectory.sha256(directory.root().resolve(key)) : sum)
          .append("  ")
          .append(key)
          .append('\n');
    }
    return text.toString();
  }
}
