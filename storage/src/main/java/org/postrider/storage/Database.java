package org.postrider.storage;

import static org.postrider.storage.StorageException.Reason.DAMAGED;
import static org.postrider.storage.StorageException.Reason.UNAVAILABLE;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.flywaydb.core.api.FlywayException;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connections: one for the writer, a pool for reads. Whoever reads gets his connection for the
 * length of a query, never while he waits for a client: eight slow clients would stop all others.
 */
final class Database implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Database.class);

  /** What this process has open: H2 would let a second writer in at the same URL. */
  private static final Set<String> OPEN = ConcurrentHashMap.newKeySet();

  /** A query on a connection that is lent for its length. */
  @FunctionalInterface
  interface Query<T> {
    T run(Connection connection) throws SQLException;
  }

  /** A reader that is at work when the database fails must be back after that time. */
  private static final Duration READ_MAX = Duration.ofSeconds(10);

  /**
   * What is open.
   *
   * @param damaged whether it was seen at the opening that the file is damaged
   */
  private record Open(Connection writer, HikariDataSource pool, Jdbi jdbi, boolean damaged) {}

  private final StoreSettings settings;
  private final H2Dialect dialect;

  /** One permit for each connection of the pool. */
  private final Semaphore lent;

  private final DiskSpace space;
  private volatile Open open;
  private volatile boolean abandoned;
  private volatile boolean damageSeen;

  private Database(StoreSettings settings, H2Dialect dialect, Open open, DiskSpace space) {
    this.settings = settings;
    this.space = space;
    this.dialect = dialect;
    this.open = open;
    this.lent = new Semaphore(settings.readConnections(), true);
  }

  /**
   * @param schema what it is brought up to
   * @param usableSpace stands in for the disk's, unless null
   */
  static Database open(StoreSettings settings, Schema schema, @Nullable LongSupplier usableSpace) {
    if (!settings.url().startsWith("h2:")) {
      throw new StorageException(
          UNAVAILABLE, "storage.url must start with h2:, but is " + settings.url());
    }
    String location = settings.url().substring("h2:".length());
    H2Dialect dialect = H2Dialect.of(location, settings.cacheMegabytes());
    if (!OPEN.add(dialect.jdbcUrl())) {
      throw new StorageException(
          UNAVAILABLE, "The store is open already in this process (" + location + ")");
    }
    try {
      DiskSpace space =
          usableSpace == null
              ? dialect.space(settings.reserveBytes())
              : new DiskSpace(usableSpace, settings.reserveBytes());
      return new Database(settings, dialect, connectAll(settings, dialect, schema), space);
    } catch (RuntimeException e) {
      OPEN.remove(dialect.jdbcUrl());
      throw e;
    }
  }

  private static Open connectAll(StoreSettings settings, H2Dialect dialect, Schema schema) {
    String location = settings.url().substring("h2:".length());
    Connection writer = null;
    HikariDataSource pool = null;
    try {
      boolean damaged = dialect.requireNewest();
      writer = connect(dialect, schema);
      pool = pool(dialect.jdbcUrl(), settings.readConnections());
      writer.setAutoCommit(false);
      if (dialect.exclusive()) {
        OrderlyEnd.begin(writer);
      }
      return new Open(writer, pool, Jdbi.create(pool), damaged);
    } catch (SQLException e) {
      throw failed(
          writer, pool, new StorageException(UNAVAILABLE, H2Dialect.whyNotOpen(e, location), e));
    } catch (FlywayException e) {
      throw failed(
          writer,
          pool,
          new StorageException(
              UNAVAILABLE, "The schema of the store " + location + " cannot be brought up", e));
    } catch (RuntimeException e) {
      throw failed(writer, pool, e);
    }
  }

  private static RuntimeException failed(
      @Nullable Connection writer, @Nullable HikariDataSource pool, RuntimeException cause) {
    try {
      if (pool != null) {
        pool.close();
      }
      if (writer != null) {
        writer.close();
      }
    } catch (SQLException e) {
      cause.addSuppressed(e);
    }
    return cause;
  }

  /**
   * Opens an abandoned database anew, as the next process would: what is durable is there, and
   * nothing else. For the writer's thread; what it prepared before is closed. When it fails it may
   * be tried again.
   *
   * @throws StorageException UNAVAILABLE when it does not open, or a reader is still in the old one
   */
  void reopen() {
    int readers = settings.readConnections();
    boolean alone;
    try {
      alone = lent.tryAcquire(readers, READ_MAX.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      alone = false;
    }
    if (!alone) {
      throw new StorageException(UNAVAILABLE, "A query does not end");
    }
    try {
      // All of the file's descriptors are closed before one is opened: the last one that is closed
      // takes the file's lock with it.
      letGo();
      open = connectAll(settings, dialect, Schema.CURRENT);
      abandoned = false;
    } finally {
      lent.release(readers);
    }
  }

  private void letGo() {
    open.pool.close();
    dialect.release(open.writer);
  }

  private static HikariDataSource pool(String url, int connections) {
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl(url);
    config.setUsername("sa");
    config.setPassword("");
    config.setPoolName("postrider-read");
    config.setMaximumPoolSize(connections);
    // All at once and for good: a connection to an embedded database does not age.
    config.setMinimumIdle(connections);
    config.setMaxLifetime(0);
    config.setKeepaliveTime(0);
    config.setReadOnly(true);
    config.setAutoCommit(true);
    return new HikariDataSource(config);
  }

  /**
   * Opens the database, with the newest schema. Flyway costs over a second of CPU: it is asked only
   * when the schema is not the newest.
   */
  private static Connection connect(H2Dialect dialect, Schema schema) throws SQLException {
    Connection connection = DriverManager.getConnection(dialect.jdbcUrl(), "sa", "");
    try {
      dialect.requireDurable(connection);
      int version = Schema.version(connection);
      if (version > schema.newest()) {
        throw new StorageException(
            UNAVAILABLE,
            "The store was written by a newer Postrider (schema "
                + version
                + ", this one knows "
                + schema.newest()
                + "); use that one, or restore a backup from before");
      }
      if (version < schema.newest()) {
        Path file = dialect.file();
        if (version > 0 && file != null) {
          connection.close();
          new Upgrade(file, version).run(schema, dialect);
          return connect(dialect, schema);
        }
        schema.migrate(dialect.jdbcUrl(), dialect, schema.newest());
      }
      return connection;
    } catch (SQLException | RuntimeException e) {
      connection.close();
      throw e;
    }
  }

  Dialect dialect() {
    return dialect;
  }

  DiskSpace space() {
    return space;
  }

  /** The writer's own connection, not in autocommit. */
  Connection writerConnection() {
    return open.writer;
  }

  /** Runs queries that are not hot. */
  <T> T withHandle(Function<Handle, T> query) {
    requireSound();
    try {
      return uninterrupted(() -> open.jdbi.withHandle(query::apply));
    } catch (JdbiException e) {
      if (e.getCause() instanceof SQLException cause) {
        throw unreadable(cause);
      }
      log.error("read failed", e);
      throw new StorageException(UNAVAILABLE, "The store cannot be read now", e);
    }
  }

  /** Runs queries of which each sees what was committed when it started. */
  <T> T read(Query<T> query) {
    requireSound();
    return uninterrupted(() -> readNow(query));
  }

  /**
   * A thread that was interrupted would get no connection from the pool. It reads first; that it
   * was interrupted it finds out where it waits next. Nobody waits in the pool itself: who gives a
   * connection back there spins while others wait, and when he is interrupted, and a virtual
   * thread, those others may never run again.
   */
  private <T> T uninterrupted(Supplier<T> read) {
    lent.acquireUninterruptibly();
    boolean interrupted = Thread.interrupted();
    try {
      return read.get();
    } finally {
      lent.release();
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private <T> T readNow(Query<T> query) {
    try (Connection connection = open.pool.getConnection()) {
      return query.run(connection);
    } catch (SQLException e) {
      throw unreadable(e);
    }
  }

  /** Runs queries that all see the same moment. */
  <T> T readOneMoment(Query<T> query) {
    requireSound();
    return uninterrupted(() -> readOneMomentNow(query));
  }

  private <T> T readOneMomentNow(Query<T> query) {
    try (Connection connection = open.pool.getConnection()) {
      connection.setTransactionIsolation(dialect.snapshotIsolation());
      connection.setAutoCommit(false);
      try {
        return query.run(connection);
      } finally {
        connection.rollback();
        connection.setAutoCommit(true);
      }
    } catch (SQLException e) {
      throw unreadable(e);
    }
  }

  private void requireSound() {
    if (abandoned) {
      throw new StorageException(UNAVAILABLE, "The store cannot be read, since a write failed");
    }
  }

  /** Whether a read met a page that is damaged. */
  boolean sawDamage() {
    return damageSeen || open.damaged;
  }

  void forgetDamage() {
    damageSeen = false;
  }

  private StorageException unreadable(SQLException e) {
    if (dialect.isDamage(e)) {
      damageSeen = true;
      log.warn("damaged on disk: {}", e.getMessage());
      return new StorageException(DAMAGED, "The server's disk is damaged; ask your postmaster", e);
    }
    log.error("read failed", e);
    return new StorageException(UNAVAILABLE, "The store cannot be read now", e);
  }

  /**
   * After a failed write the file is not touched again: what is durable in it stays so. Reads fail
   * from now on.
   */
  void abandon() {
    if (!abandoned) {
      abandoned = true;
      dialect.abandon(open.writer);
    }
  }

  @Override
  public void close() {
    try {
      if (abandoned) {
        letGo();
      } else {
        open.pool.close();
        if (dialect.exclusive()) {
          OrderlyEnd.end(open.writer);
        }
        open.writer.close();
      }
    } catch (SQLException e) {
      log.error("closing the database", e);
      // Or H2 would hand the failed database to whoever opens the store next in this process.
      dialect.abandon(open.writer);
      dialect.release(open.writer);
    } finally {
      OPEN.remove(dialect.jdbcUrl());
    }
  }
}
