package org.postrider.storage;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;

/**
 * The writer's prepared statements, which live as long as its connection. Rows inserted through
 * {@link #batch} wait, over several jobs, until {@link #flush}.
 */
final class Statements {
  private static final int OBJECT_BLOCK = 50;
  private static final int CONTENT_BLOCK = 1000;

  private final Connection connection;
  private final Dialect dialect;
  private final Handle handle;
  private final Map<String, PreparedStatement> prepared = new HashMap<>();
  private final Map<String, PreparedStatement> waiting = new LinkedHashMap<>();
  private final IdSequence objects;
  private final IdSequence contents;
  private final IdSequence audits;

  /**
   * @param before those of the connection before this one, after which the numbers go on, or null
   */
  Statements(Connection connection, Dialect dialect, @Nullable Statements before) {
    this.connection = connection;
    this.dialect = dialect;
    this.handle = Jdbi.open(connection);
    try {
      this.objects =
          new IdSequence(
              connection.prepareStatement(dialect.nextValue("object_seq")),
              OBJECT_BLOCK,
              before == null ? null : before.objects);
      this.contents =
          new IdSequence(
              connection.prepareStatement(dialect.nextValue("content_seq")),
              CONTENT_BLOCK,
              before == null ? null : before.contents);
      this.audits =
          new IdSequence(
              connection.prepareStatement(dialect.nextValue("audit_seq")),
              CONTENT_BLOCK,
              before == null ? null : before.audits);
    } catch (SQLException e) {
      throw new StorageException(
          StorageException.Reason.UNAVAILABLE, "The store's sequences are not there", e);
    }
  }

  Connection connection() {
    return connection;
  }

  Dialect dialect() {
    return dialect;
  }

  Handle handle() {
    return handle;
  }

  /** Numbers of accounts and mailboxes. */
  IdSequence objects() {
    return objects;
  }

  /** Numbers of audit rows, apart so that contents that come one after another have no gaps. */
  IdSequence audits() {
    return audits;
  }

  /** Numbers of contents and queue entries. */
  IdSequence contents() {
    return contents;
  }

  /** A statement to be executed by the caller. */
  PreparedStatement prepare(String sql) throws SQLException {
    PreparedStatement statement = prepared.get(sql);
    if (statement == null) {
      statement = connection.prepareStatement(sql);
      prepared.put(sql, statement);
    }
    return statement;
  }

  /** A statement to which the caller adds batches, and which {@link #flush} executes. */
  PreparedStatement batch(String sql) throws SQLException {
    PreparedStatement statement = waiting.get(sql);
    if (statement == null) {
      statement = prepare(sql);
      waiting.put(sql, statement);
    }
    return statement;
  }

  void flush() throws SQLException {
    for (PreparedStatement statement : waiting.values()) {
      statement.executeBatch();
    }
    waiting.clear();
  }

  /** Forgets what waits. */
  void clear() throws SQLException {
    for (PreparedStatement statement : prepared.values()) {
      statement.clearBatch();
    }
    waiting.clear();
  }
}
