package org.postrider.storage;

import static org.postrider.storage.StorageException.Reason.DAMAGED;
import static org.postrider.storage.StorageException.Reason.UNAVAILABLE;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
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

  private final String url;
  private final H2Dialect dialect;
  private final Connection writer;
  private final HikariDataSource pool;
  private final Jdbi jdbi;

  /** One permit for each connection of the pool. */
  private final Semaphore lent;

  private final DiskSpace space;
  private volatile boolean abandoned;
  private volatile boolean damageSeen;

  private Database(
      String url, H2Dialect dialect, Connection writer, HikariDataSource pool, DiskSpace space) {
    this.url = url;
    this.space = space;
    this.dialect = dialect;
    this.writer = writer;
    this.pool = pool;
    this.jdbi = Jdbi.create(pool);
    this.lent = new Semaphore(pool.getMaximumPoolSize(), true);
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
    String url = dialect.jdbcUrl();
    if (!OPEN.add(url)) {
      throw new StorageException(
          UNAVAILABLE, "The store is open already in this process (" + location + ")");
    }
    Connection writer = null;
    HikariDataSource pool = null;
    try {
      writer = connect(dialect, schema);
      pool = pool(url, settings.readConnections());
      writer.setAutoCommit(false);
      if (dialect.exclusive()) {
        OrderlyEnd.begin(writer);
      }
      DiskSpace space =
          usableSpace == null
              ? dialect.space(settings.reserveBytes())
              : new DiskSpace(usableSpace, settings.reserveBytes());
      return new Database(url, dialect, writer, pool, space);
    } catch (SQLException e) {
      throw failed(
          url,
          writer,
          pool,
          new StorageException(UNAVAILABLE, H2Dialect.whyNotOpen(e, location), e));
    } catch (FlywayException e) {
      throw failed(
          url,
          writer,
          pool,
          new StorageException(
              UNAVAILABLE, "The schema of the store " + location + " cannot be brought up", e));
    } catch (RuntimeException e) {
      throw failed(url, writer, pool, e);
    }
  }

  private static RuntimeException failed(
      String url,
      @Nullable Connection writer,
      @Nullable HikariDataSource pool,
      RuntimeException cause) {
    try {
      if (pool != null) {
        pool.close();
      }
      if (writer != null) {
        writer.close();
      }
    } catch (SQLException e) {
      cause.addSuppressed(e);
    } finally {
      OPEN.remove(url);
    }
    return cause;
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
    return writer;
  }

  /** Runs queries that are not hot. */
  <T> T withHandle(Function<Handle, T> query) {
    requireSound();
    try {
      return uninterrupted(() -> jdbi.withHandle(query::apply));
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
    try (Connection connection = pool.getConnection()) {
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
    try (Connection connection = pool.getConnection()) {
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
    return damageSeen;
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
      dialect.abandon(writer);
    }
  }

  @Override
  public void close() {
    try {
      pool.close();
      if (abandoned) {
        dialect.release(writer);
      } else {
        if (dialect.exclusive()) {
          OrderlyEnd.end(writer);
        }
        writer.close();
      }
    } catch (SQLException e) {
      log.error("closing the database", e);
      // Or H2 would hand the failed database to whoever opens the store next in this process.
      dialect.abandon(writer);
      dialect.release(writer);
    } finally {
      OPEN.remove(url);
    }
  }
}
