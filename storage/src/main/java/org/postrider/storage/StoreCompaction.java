package org.postrider.storage;

import static org.postrider.storage.StorageException.Reason.CANNOT;
import static org.postrider.storage.StorageException.Reason.DAMAGED;
import static org.postrider.storage.StorageException.Reason.UNAVAILABLE;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes a store that nobody has open into a new file, row by row, checks it, and puts it in the
 * place of the old one, which stays beside it under another name. The file shrinks to what it
 * holds, and rows that the disk does not give back are left behind: so this is also how what can be
 * read of a damaged store becomes a sound one.
 *
 * <p>At every moment one of the two complete files has the store's name: the old one gets its
 * second name first, then the new one takes the first name in one step.
 */
public final class StoreCompaction {
  /** What is added to the name of the old file. */
  public static final String OLD_SUFFIX = ".before-compact";

  private static final String SCHEME = "h2:";
  private static final String FILE = "postrider.mv.db";
  private static final String TEMPORARY = "compact.tmp";
  private static final int ROWS = 64;

  /** Rows of a commit; pieces have at most 64 KB. */
  private static final int COMMIT_ROWS = 128;

  private static final int LEFT_NAMED_MAX = 1_000;

  /** Tables with a key of one number, whose pages may be damaged. */
  private static final List<String> BY_ID =
      List.of(
          "account",
          "mailbox",
          "message",
          "expunged",
          "content",
          "piece",
          "queue_entry",
          "audit",
          "queue_event");

  /** Without what ties the search index to the old file, which may be one of a newer state. */
  private static final String TABLES =
      "SELECT LOWER(table_name) FROM information_schema.tables WHERE table_schema = 'PUBLIC' AND"
          + " table_name NOT IN ('flyway_schema_history', 'SEARCH_INDEX') ORDER BY table_name";

  private static final String SEQUENCES =
      "SELECT sequence_name, base_value FROM information_schema.sequences WHERE sequence_schema ="
          + " 'PUBLIC'";

  /** Hears how far it is. */
  @FunctionalInterface
  public interface Listener {
    void progress(String what, long done, long total);
  }

  /**
   * What became of it.
   *
   * @param octetsBefore of the file
   * @param octetsAfter of the file
   * @param rows that were copied
   * @param leftBehind which rows could not be read, in words; the first of them
   * @param violations what the check of the new file could not mend
   * @param old the old file under its new name
   * @param wentBackTo when what was copied was written, if newer states were given up for it
   */
  public record Result(
      long octetsBefore,
      long octetsAfter,
      long rows,
      List<String> leftBehind,
      List<String> violations,
      Path old,
      @Nullable Instant wentBackTo) {}

  private final Store source;
  private final Connection target;
  private final Listener listener;
  private final List<String> leftBehind = new ArrayList<>();
  private long rows;
  private long waiting;

  private StoreCompaction(Store source, Store target, Listener listener) {
    this.source = source;
    this.target = target.database().writerConnection();
    this.listener = listener;
  }

  /**
   * Compacts the store.
   *
   * @param acceptOlder whether to give up the newest states of a store that is damaged where they
   *     begin, and that does not open therefore; the old file keeps its pages but does not lead to
   *     them any more
   * @throws StorageException CANNOT when the store does not lie in a directory, or an old file is
   *     still there; UNAVAILABLE when another process has the store, or when the disk fails: then
   *     the store is as it was
   */
  public static Result run(StoreSettings settings, boolean acceptOlder, Listener listener) {
    Path directory = directory(settings);
    Path file = directory.resolve(FILE);
    Path old = directory.resolve(FILE + OLD_SUFFIX);
    Path temporary = directory.resolve(TEMPORARY);
    if (!Files.exists(file)) {
      throw new StorageException(CANNOT, "There is no store in " + directory);
    }
    if (Files.exists(old)) {
      throw new StorageException(
          CANNOT, "The file of the last compaction is still there; remove " + old + " first");
    }
    try {
      delete(temporary);
      Instant wentBackTo =
          acceptOlder
              ? H2Dialect.of(directory.toString(), settings.cacheMegabytes()).acceptOlder()
              : null;
      StoreSettings beside = settings.withUrl(SCHEME + temporary.toAbsolutePath());
      StoreCompaction compaction = copy(settings, beside, listener);
      long before = Files.size(file);
      List<String> violations = check(beside, listener);
      replace(directory, temporary.resolve(FILE), file, old);
      delete(temporary);
      return new Result(
          before,
          Files.size(file),
          compaction.rows,
          compaction.leftBehind,
          violations,
          old,
          wentBackTo);
    } catch (IOException | SQLException e) {
      throw new StorageException(
          UNAVAILABLE, "The store was not compacted and is as it was: " + e.getMessage(), e);
    }
  }

  private static Path directory(StoreSettings settings) {
    String location =
        settings.url().startsWith(SCHEME) ? settings.url().substring(SCHEME.length()) : "mem:";
    if (location.startsWith("mem:") || location.startsWith("fs:")) {
      throw new StorageException(CANNOT, "Only a store in a directory can be compacted");
    }
    return Path.of(location);
  }

  private static StoreCompaction copy(
      StoreSettings settings, StoreSettings beside, Listener listener) throws SQLException {
    try (Store source = Store.open(settings, Clock.systemUTC());
        Store target = Store.open(beside, Clock.systemUTC())) {
      StoreCompaction compaction = new StoreCompaction(source, target, listener);
      compaction.copyAll();
      return compaction;
    }
  }

  private void copyAll() throws SQLException {
    for (String table : names(TABLES)) {
      try (Statement statement = target.createStatement()) {
        statement.executeUpdate("DELETE FROM " + table); // what a new store starts with
      }
      if (BY_ID.contains(table)) {
        copyById(table);
      } else {
        copyWhole(table);
      }
      target.commit();
      waiting = 0;
    }
    for (String sequence : names(SEQUENCES)) {
      long next = source.database().read(connection -> baseValue(connection, sequence));
      try (Statement statement = target.createStatement()) {
        statement.executeUpdate("ALTER SEQUENCE " + sequence + " RESTART WITH " + next);
      }
    }
    target.commit();
  }

  private List<String> names(String query) {
    return source
        .database()
        .read(connection -> {
          List<String> names = new ArrayList<>();
          try (PreparedStatement statement = connection.prepareStatement(query);
              ResultSet rs = statement.executeQuery()) {
            while (rs.next()) {
              names.add(rs.getString(1));
            }
          }
          return names;
        });
  }

  private static long baseValue(Connection connection, String sequence) throws SQLException {
    try (PreparedStatement query =
        connection.prepareStatement(SEQUENCES + " AND sequence_name = ?")) {
      query.setString(1, sequence);
      try (ResultSet rs = query.executeQuery()) {
        rs.next();
        return rs.getLong(2);
      }
    }
  }

  private void copyById(String table) {
    long total = source.database().read(connection -> count(connection, table));
    long before = rows;
    new IdScan(source.database(), table)
        .run(
            0,
            Long.MAX_VALUE,
            ROWS,
            (connection, from, to, limit) -> {
              listener.progress(table + " rows", rows - before, total);
              try (PreparedStatement query =
                  connection.prepareStatement(
                      "SELECT * FROM " + table + " WHERE id BETWEEN ? AND ? ORDER BY id LIMIT ?")) {
                query.setLong(1, from);
                query.setLong(2, to);
                query.setInt(3, limit);
                try (ResultSet rs = query.executeQuery()) {
                  long last = insert(table, rs);
                  return last < 0 ? to : last;
                }
              }
            },
            (from, to) -> leave(table + " rows with ids from " + from + " to " + to));
  }

  private static long count(Connection connection, String table) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rs = statement.executeQuery("SELECT COUNT(*) FROM " + table)) {
      rs.next();
      return rs.getLong(1);
    }
  }

  private void copyWhole(String table) {
    try {
      source
          .database()
          .read(connection -> {
            try (PreparedStatement query = connection.prepareStatement("SELECT * FROM " + table);
                ResultSet rs = query.executeQuery()) {
              return insert(table, rs);
            }
          });
    } catch (StorageException e) {
      if (e.reason() != DAMAGED) {
        throw e;
      }
      leave("the table " + table);
    }
  }

  private void leave(String what) {
    if (leftBehind.size() < LEFT_NAMED_MAX) {
      leftBehind.add(what);
    }
  }

  /** Inserts all rows as they are; returns the last one's id, or -1 without rows. */
  private long insert(String table, ResultSet rs) throws SQLException {
    int columns = rs.getMetaData().getColumnCount();
    long last = -1;
    try (PreparedStatement insert =
        target.prepareStatement(
            "INSERT INTO " + table + " VALUES (?" + ", ?".repeat(columns - 1) + ")")) {
      while (rs.next()) {
        for (int column = 1; column <= columns; column++) {
          insert.setObject(column, rs.getObject(column));
        }
        insert.addBatch();
        rows++;
        waiting++;
        last = rs.getObject(1) instanceof Long id ? id : last;
      }
      insert.executeBatch();
    }
    if (waiting >= COMMIT_ROWS) {
      target.commit();
      waiting = 0;
    }
    return last;
  }

  /** Mends what follows from rows that were left behind, and says what cannot be mended. */
  private static List<String> check(StoreSettings beside, Listener listener) {
    List<String> violations = new ArrayList<>();
    try (Store copy = Store.open(beside, Clock.systemUTC())) {
      StoreCheck.run(
          copy,
          new StoreCheck.Options(true, true),
          new StoreCheck.Listener() {
            @Override
            public void progress(String what, long done, long total) {
              listener.progress(what, done, total);
            }

            @Override
            public void violation(Violation violation) {
              if (violations.size() < LEFT_NAMED_MAX) {
                violations.add(violation.toString());
              }
            }
          });
    }
    return violations;
  }

  private static void replace(Path directory, Path compacted, Path file, Path old)
      throws IOException {
    Files.setPosixFilePermissions(compacted, Files.getPosixFilePermissions(file));
    Files.createLink(old, file);
    force(directory);
    Files.move(compacted, file, StandardCopyOption.ATOMIC_MOVE);
    force(directory);
  }

  private static void force(Path directory) throws IOException {
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  private static void delete(Path temporary) throws IOException {
    if (!Files.isDirectory(temporary)) {
      return;
    }
    try (var files = Files.newDirectoryStream(temporary)) {
      for (Path each : files) {
        Files.delete(each);
      }
    }
    Files.delete(temporary);
  }
}
