package org.postrider.storage;

import static org.postrider.storage.StorageException.Reason.UNAVAILABLE;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.security.MessageDigest;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.flywaydb.core.api.FlywayException;
import org.jspecify.annotations.Nullable;
import org.postrider.message.ContentDigest;
import org.postrider.message.DigestBuilder;

/**
 * Writes the rows of a {@link StoreExport} into a new store, of the schema they were read from; it
 * is migrated when it is opened. Ids stay; numbers that are given out later leap ahead of what was
 * given out after the export and is lost. Memory is bounded by a few megabytes.
 */
public final class StoreLoader implements AutoCloseable {
  private static final long COMMIT_OCTETS = 4 << 20;

  /** Rows count as that many octets. */
  private static final int ROW_OCTETS = 200;

  /** More ids than any store gives out between two backups. */
  private static final long LEAP = 1_000_000;

  private static final String INSERT_CONTENT =
      "INSERT INTO content (id, sha256, size, header_size, first_piece, created, refs, digest)"
          + " VALUES (?, ?, ?, ?, ?, ?, ?, ?)";
  private static final String INSERT_PIECE = "INSERT INTO piece (id, bytes) VALUES (?, ?)";

  private final Connection connection;
  private final PreparedStatement contents;
  private final PreparedStatement pieces;
  private @Nullable PreparedStatement rows;
  private List<StoreExport.Column> columns = List.of();
  private long waiting;

  private StoreLoader(Connection connection) throws SQLException {
    this.connection = connection;
    this.contents = connection.prepareStatement(INSERT_CONTENT);
    this.pieces = connection.prepareStatement(INSERT_PIECE);
  }

  /**
   * Makes an empty store.
   *
   * @param settings of a place where no store is
   * @throws StorageException CANNOT when the schema is of a newer version than this one knows
   */
  public static StoreLoader create(StoreSettings settings, int schemaVersion) {
    Schema.CURRENT.requireKnown(schemaVersion);
    H2Dialect dialect =
        H2Dialect.of(settings.url().substring("h2:".length()), settings.cacheMegabytes());
    try {
      Connection connection = DriverManager.getConnection(dialect.jdbcUrl(), "sa", "");
      try {
        dialect.requireDurable(connection);
        Schema.CURRENT.migrate(dialect.jdbcUrl(), dialect, schemaVersion);
        connection.setAutoCommit(false);
        return new StoreLoader(connection);
      } catch (SQLException | RuntimeException e) {
        connection.close();
        throw e;
      }
    } catch (SQLException | FlywayException e) {
      throw new StorageException(UNAVAILABLE, "The new store cannot be made", e);
    }
  }

  /** Begins a table. */
  public void table(String name, List<StoreExport.Column> ofTable) {
    run(() -> {
      flush();
      columns = List.copyOf(ofTable);
      String names = String.join(", ", ofTable.stream().map(StoreExport.Column::name).toList());
      String marks = String.join(", ", ofTable.stream().map(column -> "?").toList());
      rows =
          connection.prepareStatement(
              "INSERT INTO " + identifier(name) + " (" + names + ") VALUES (" + marks + ")");
    });
  }

  private static String identifier(String name) throws SQLException {
    if (!name.matches("[a-z_]+")) {
      throw new SQLException("not the name of a table: " + name);
    }
    return name;
  }

  /** Adds a row to the table begun last. */
  public void row(@Nullable Object[] row) {
    run(() -> {
      PreparedStatement insert = rows;
      if (insert == null || row.length != columns.size()) {
        throw new SQLException("a row that belongs to no table");
      }
      for (int i = 0; i < row.length; i++) {
        Object value = row[i];
        switch (columns.get(i).type()) {
          case LONG, INT, BOOL, TEXT -> insert.setObject(i + 1, value);
          case BYTES -> insert.setBytes(i + 1, (byte @Nullable []) value);
        }
      }
      insert.addBatch();
      count(ROW_OCTETS);
    });
  }

  /**
   * Adds a content.
   *
   * @return whether its bytes have the checksum and the size that they should have
   */
  public boolean content(StoreExport.Content content, InputStream bytes) throws IOException {
    MessageDigest sha256 = ContentWriter.newSha256();
    DigestBuilder builder = new DigestBuilder();
    byte[] start = bytes.readNBytes(ContentRows.PIECE);
    int firstPiece = ContentWriter.headerEnd(start, start.length);
    InputStream all = new SequenceInputStream(new ByteArrayInputStream(start), bytes);
    long size = 0;
    byte[] piece = all.readNBytes(firstPiece);
    for (int no = 0; no == 0 || piece.length > 0; no++) {
      size += piece.length;
      sha256.update(piece);
      builder.update(piece, 0, piece.length);
      piece(ContentRows.pieceId(content.id(), no), piece);
      piece = all.readNBytes(ContentRows.PIECE);
    }
    ContentDigest digest = builder.finish();
    byte[] sum = sha256.digest();
    long octets = size;
    run(() -> {
      contents.setLong(1, content.id());
      contents.setBytes(2, sum);
      contents.setLong(3, octets);
      contents.setLong(4, digest.headerSize());
      contents.setInt(5, firstPiece);
      contents.setLong(6, content.created());
      contents.setLong(7, content.refs());
      contents.setBytes(8, digest.toBytes());
      contents.addBatch();
      count(ROW_OCTETS);
    });
    return size == content.size() && Arrays.equals(sum, content.sha256());
  }

  /** Takes back what was added of a content. */
  public void forget(long content) {
    run(() -> {
      flush();
      try (Statement statement = connection.createStatement()) {
        statement.executeUpdate("DELETE FROM content WHERE id = " + content);
        statement.executeUpdate(
            "DELETE FROM piece WHERE id BETWEEN "
                + ContentRows.pieceId(content, 0)
                + " AND "
                + ContentRows.pieceId(content, 0xFFFF));
      }
    });
  }

  private void piece(long id, byte[] bytes) {
    run(() -> {
      pieces.setLong(1, id);
      pieces.setBytes(2, bytes);
      pieces.addBatch();
      count(bytes.length);
    });
  }

  private void count(long octets) throws SQLException {
    waiting += octets;
    if (waiting > COMMIT_OCTETS) {
      flush();
    }
  }

  private void flush() throws SQLException {
    if (rows != null) {
      rows.executeBatch();
    }
    pieces.executeBatch();
    contents.executeBatch();
    connection.commit();
    waiting = 0;
  }

  /** Makes everything durable. */
  public void finish() {
    run(() -> {
      flush();
      try (Statement statement = connection.createStatement()) {
        leap(statement, "object_seq", "account", "mailbox");
        leap(statement, "content_seq", "content", "queue_entry");
        leap(statement, "audit_seq", "audit", "queue_event");
        // so that at the next opening UIDNEXT and HIGHESTMODSEQ leap too
        statement.executeUpdate("UPDATE store_end SET orderly = FALSE");
      }
      connection.commit();
    });
  }

  private static void leap(Statement statement, String sequence, String... tables)
      throws SQLException {
    long most = 0;
    for (String table : tables) {
      if (!isThere(statement.getConnection(), table)) {
        continue; // not in the schema of then
      }
      try (ResultSet rs = statement.executeQuery("SELECT MAX(id) FROM " + table)) {
        rs.next();
        most = Math.max(most, rs.getLong(1));
      }
    }
    statement.executeUpdate("ALTER SEQUENCE " + sequence + " RESTART WITH " + (most + 1 + LEAP));
  }

  private static boolean isThere(Connection connection, String table) throws SQLException {
    try (ResultSet rs =
        connection
            .getMetaData()
            .getTables(null, connection.getSchema(), table.toUpperCase(Locale.ROOT), null)) {
      return rs.next();
    }
  }

  /** A step in SQL. */
  @FunctionalInterface
  private interface Step {
    void run() throws SQLException;
  }

  private static void run(Step step) {
    try {
      step.run();
    } catch (SQLException e) {
      throw new StorageException(UNAVAILABLE, "The new store cannot be written", e);
    }
  }

  @Override
  public void close() {
    run(connection::close);
  }
}
