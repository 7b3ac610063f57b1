package org.postrider.storage;

import static org.postrider.storage.StorageException.Reason.UNAVAILABLE;

import java.io.IOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.h2.api.ErrorCode;
import org.h2.engine.Constants;
import org.h2.engine.SessionLocal;
import org.h2.jdbc.JdbcConnection;
import org.h2.mvstore.DataUtils;
import org.h2.mvstore.FileStore;
import org.h2.mvstore.MVStore;
import org.h2.mvstore.MVStoreException;
import org.jspecify.annotations.Nullable;
import org.postrider.storage.fs.NewestState;
import org.postrider.storage.fs.OrderedFilePath;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * H2, embedded. What makes its commits durable is in docs/durability.md: one exact version, no
 * background writer, nothing moved in the file while it is open, and our own file system under it.
 */
final class H2Dialect implements Dialect {
  private static final Logger log = LoggerFactory.getLogger(H2Dialect.class);

  /** 2.5.x loses acknowledged commits on kill -9; no other version was proven. */
  private static final String VERSION = "2.4.240";

  /** How long it may take to let go of a database that failed. */
  private static final Duration RELEASE_MAX = Duration.ofSeconds(10);

  private static final String OPTIONS =
      ";WRITE_DELAY=0;MAX_COMPACT_TIME=0;DB_CLOSE_ON_EXIT=FALSE;MAX_MEMORY_ROWS=10000000"
          + ";OPTIMIZE_REUSE_RESULTS=FALSE;QUERY_CACHE_SIZE=64;TRACE_LEVEL_FILE=0";

  /**
   * What a commit replaced may be written over so much later, milliseconds. H2's own 45 s are for
   * disks that write in another order than they are told, which ours is safe from: at a steady
   * turnover most of the file would be what waits for them.
   */
  private static final String RETENTION = ";RETENTION_TIME=5000";

  private final String jdbcUrl;
  private final @Nullable Path directory;

  /** How H2 knows the file, when ours is the file system under it. */
  private final @Nullable String path;

  private H2Dialect(String jdbcUrl, @Nullable Path directory, @Nullable String path) {
    this.jdbcUrl = jdbcUrl;
    this.directory = directory;
    this.path = path == null ? null : path + Constants.SUFFIX_MV_FILE;
  }

  /**
   * @param location what follows {@code h2:} in {@link StoreSettings#url()}
   */
  static H2Dialect of(String location, int cacheMegabytes) {
    requireVersion();
    String options =
        OPTIONS
            + ";CACHE_SIZE="
            + cacheMegabytes * 1024
            + (location.contains(";RETENTION_TIME=") ? "" : RETENTION);
    if (location.startsWith("mem:")) {
      return new H2Dialect("jdbc:h2:" + location + options, null, null);
    }
    if (location.startsWith("fs:")) {
      String url = location.substring(3);
      boolean ordered = url.startsWith(OrderedFilePath.SCHEME + ":");
      return new H2Dialect("jdbc:h2:" + url + options, null, ordered ? url.split(";", 2)[0] : null);
    }
    Path directory = Path.of(location).toAbsolutePath();
    try {
      Files.createDirectories(directory);
    } catch (IOException e) {
      throw new StorageException(
          UNAVAILABLE, "The data directory " + directory + " cannot be made: " + e.getMessage(), e);
    }
    OrderedFilePath.register();
    String path = OrderedFilePath.SCHEME + ":" + directory.resolve("postrider");
    return new H2Dialect("jdbc:h2:" + path + options, directory, path);
  }

  String jdbcUrl() {
    return jdbcUrl;
  }

  @Override
  public DiskSpace space(long reserve) {
    return directory == null ? DiskSpace.endless() : DiskSpace.of(directory, reserve);
  }

  /** The file of the database, or null when it is not on an ordinary disk. */
  @Nullable Path file() {
    return directory == null ? null : directory.resolve("postrider.mv.db");
  }

  private static void requireVersion() {
    String version;
    try {
      // read at run time: the compiler would copy the constant of the H2 it was given
      version = (String) Constants.class.getField("VERSION").get(null);
    } catch (ReflectiveOperationException e) {
      version = "unknown (" + e + ")";
    }
    if (!VERSION.equals(version)) {
      throw new StorageException(
          UNAVAILABLE,
          "H2 "
              + version
              + " is on the class path, but only H2 "
              + VERSION
              + " is known to keep what it committed; use the jars Postrider came with");
    }
  }

  /** Refuses a database whose commits would not be durable when they return. */
  void requireDurable(Connection connection) throws SQLException {
    try (Statement s = connection.createStatement();
        ResultSet rs =
            s.executeQuery(
                "SELECT setting_value FROM information_schema.settings WHERE setting_name ="
                    + " 'WRITE_DELAY'")) {
      if (!rs.next() || rs.getInt(1) != 0) {
        throw new StorageException(
            UNAVAILABLE, "The database has a write delay, so a commit would not be durable");
      }
    }
  }

  /**
   * Sees to it that the database will not open an old state without a word, since its file is
   * damaged where newer ones begin.
   *
   * @return whether it is damaged, and will open its newest state all the same
   * @throws StorageException UNAVAILABLE when only an old state can be opened, or none
   */
  boolean requireNewest() {
    if (path == null) {
      return false;
    }
    try {
      NewestState state = NewestState.of(path);
      if (state == null || state.isOpened()) {
        return false;
      }
      if (NewestState.take(path)) {
        log.error(
            "the store's file is damaged; its newest state is served, without what cannot be read:"
                + " run `postrider check`, then stop the server and run `postrider compact`");
        return true;
      }
      throw new StorageException(
          UNAVAILABLE, "The store " + file(path) + " is damaged: " + old(state));
    } catch (IOException e) {
      throw new StorageException(
          UNAVAILABLE, "The store " + file(path) + " cannot be read: " + e.getMessage(), e);
    }
  }

  private static String file(String path) {
    return path.substring(OrderedFilePath.SCHEME.length() + 1);
  }

  private String old(NewestState state) throws IOException {
    Instant time =
        path == null || state.opened() < 0 ? null : NewestState.time(path, state.opened());
    return time == null
        ? "no state of it can be opened; restore the last backup (`postrider restore`)"
        : "what was changed after "
            + time
            + " cannot be opened; restore the last backup (`postrider restore`), or give those"
            + " changes up with `postrider compact --accept-older`";
  }

  /**
   * Gives up the newest states of a damaged database for the last one that can be opened.
   *
   * @return when that was written; null when the newest one can be opened
   */
  @Nullable Instant acceptOlder() {
    if (path == null) {
      return null;
    }
    try {
      NewestState state = NewestState.of(path);
      if (state == null || state.isOpened() || NewestState.take(path)) {
        return null;
      }
      Instant time = NewestState.time(path, state.opened());
      if (!NewestState.goBack(path, state.opened())) {
        throw new StorageException(
            UNAVAILABLE, "The store " + file(path) + " is damaged: " + old(state));
      }
      return time;
    } catch (IOException e) {
      throw new StorageException(
          UNAVAILABLE, "The store " + file(path) + " cannot be read: " + e.getMessage(), e);
    }
  }

  /** One sentence for the administrator about why the database did not open. */
  static String whyNotOpen(SQLException e, String where) {
    return switch (e.getErrorCode()) {
      case ErrorCode.DATABASE_ALREADY_OPEN_1 ->
          "Another process has the store open (" + where + "); stop it first";
      case ErrorCode.FILE_CORRUPTED_1 ->
          "The store " + where + " is damaged and cannot be opened; restore the last backup";
      default -> "The store " + where + " cannot be opened: " + e.getMessage();
    };
  }

  @Override
  public Map<String, String> types() {
    return Map.of(
        "keyword_bits", "VARBINARY(128)",
        "sha256", "VARBINARY(32)",
        "digest", "VARBINARY(1048576)",
        "piece", "VARBINARY(65536)");
  }

  @Override
  public String nextValue(String sequence) {
    return "SELECT NEXT VALUE FOR " + sequence;
  }

  @Override
  public String forUpdate() {
    return ""; // the writer is the only one
  }

  @Override
  public int snapshotIsolation() {
    return Constants.TRANSACTION_SNAPSHOT;
  }

  @Override
  public void streamResults(Connection connection, boolean stream) throws SQLException {
    try (Statement s = connection.createStatement()) {
      s.execute("SET LAZY_QUERY_EXECUTION " + (stream ? 1 : 0));
    }
  }

  @Override
  public boolean exclusive() {
    return true;
  }

  @Override
  public void rollback(Connection writer) throws SQLException {
    // H2 2.4.240 tells nobody when its rollback fails, for instance since a page cannot be read:
    // the transaction keeps its rows, and who changes one of them next spins for ever.
    org.h2.mvstore.tx.Transaction transaction = session(writer).getTransaction();
    writer.rollback();
    if (transaction.getStatus() != org.h2.mvstore.tx.Transaction.STATUS_CLOSED) {
      throw new SQLException("a rollback failed");
    }
  }

  @Override
  public boolean isDamage(SQLException e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof MVStoreException failure) {
        return switch (failure.getErrorCode()) {
          case DataUtils.ERROR_FILE_CORRUPT,
              DataUtils.ERROR_CHUNK_NOT_FOUND,
              DataUtils.ERROR_READING_FAILED ->
              true;
          default -> false;
        };
      }
    }
    return false;
  }

  @Override
  public boolean isSparse(Connection connection, int percent) {
    try {
      FileStore<?> file = mvStore(connection).getFileStore();
      return file != null && file.getChunksFillRate() < percent;
    } catch (SQLException e) {
      return false; // closed: nothing is to be done any more
    }
  }

  @Override
  public boolean rewriteSparse(Connection writer, int octets) throws SQLException {
    return mvStore(writer).compact(100, octets);
  }

  private static MVStore mvStore(Connection connection) throws SQLException {
    return session(connection).getDatabase().getStore().getMvStore();
  }

  @Override
  public void abandon(Connection writer) {
    // Not by SQL: after a failed write H2 2.4.240 may spin for ever at the start of a statement,
    // in MVStore.registerVersionUsage. What makes it do so is a rollback: that is left to release.
    try {
      org.h2.engine.Database database = session(writer).getDatabase();
      MVStore store = database.getStore().getMvStore();
      database.shutdownImmediately();
      freeWhoSpins(store);
    } catch (SQLException | RuntimeException e) {
      log.debug("the database was closed by its failure", e);
    }
  }

  /**
   * Lets those go on, and then fail, who spin at the start of a statement: they wait for another
   * counter of the statements in progress, which a store that failed never makes.
   */
  private static void freeWhoSpins(MVStore store) {
    try {
      Field counter = MVStore.class.getDeclaredField("currentTxCounter");
      Constructor<?> make = counter.getType().getDeclaredConstructor(long.class);
      counter.setAccessible(true);
      make.setAccessible(true);
      counter.set(store, make.newInstance(store.getCurrentVersion()));
    } catch (ReflectiveOperationException e) {
      log.warn("threads that read when the database failed may go on for ever", e);
    }
  }

  @Override
  public void release(Connection writer) {
    try {
      SessionLocal session = session(writer);
      MVStore store = session.getDatabase().getStore().getMvStore();
      // Its rollback may make itself spin, so it is done by a thread that can be freed.
      Thread closing =
          Thread.ofPlatform().name("postrider-release").daemon().start(() -> close(session));
      long deadline = System.nanoTime() + RELEASE_MAX.toNanos();
      do {
        freeWhoSpins(store);
      } while (!ended(closing) && System.nanoTime() < deadline);
      freeWhoSpins(store);
    } catch (SQLException | RuntimeException e) {
      log.debug("the database was closed by its failure", e);
    }
  }

  private static void close(SessionLocal session) {
    try {
      session.close();
    } catch (RuntimeException e) {
      log.debug("the database was closed by its failure", e);
    }
  }

  private static boolean ended(Thread thread) {
    boolean interrupted = Thread.interrupted();
    try {
      return thread.join(Duration.ofMillis(20));
    } catch (InterruptedException e) {
      interrupted = true;
      return !thread.isAlive();
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static SessionLocal session(Connection connection) throws SQLException {
    return (SessionLocal) connection.unwrap(JdbcConnection.class).getSession();
  }

  @Override
  public long octets(Connection connection) throws SQLException {
    try (Statement s = connection.createStatement();
        ResultSet rs =
            s.executeQuery(
                "SELECT setting_value FROM information_schema.settings WHERE setting_name ="
                    + " 'info.FILE_SIZE'")) {
      return rs.next() ? rs.getLong(1) : 0;
    }
  }
}
