package org.postrider.storage;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads a store for a backup, beside its work: the rows of all tables as of one moment, then the
 * contents they refer to, which do not change and are kept from the sweep until this is closed.
 * Memory is bounded by a row.
 */
public final class StoreExport implements AutoCloseable {
  /**
   * Not read: what is derived or concerns this database file only, and the bytes, which come by
   * {@link #copy}.
   */
  private static final Set<String> LEFT_OUT =
      Set.of(
          "content",
          "piece",
          "unreferenced",
          "quarantine",
          "store_end",
          "housekeeping",
          "search_index",
          "flyway_schema_history");

  private static final String CONTENTS =
      "SELECT id, sha256, size, created, refs FROM content WHERE refs > 0 ORDER BY id";

  private final Store store;
  private final AutoCloseable hold;

  private StoreExport(Store store) {
    this.store = store;
    this.hold = store.contents().holdAll();
  }

  /** Begins; from now on the sweep deletes no content. */
  public static StoreExport of(Store store) {
    return new StoreExport(store);
  }

  /** The type of a column, with the type of its values in Java. */
  public enum Type {
    /** A Long. */
    LONG,
    /** An Integer. */
    INT,
    /** A Boolean. */
    BOOL,
    /** A String. */
    TEXT,
    /** A byte[]. */
    BYTES
  }

  /** A column of a table. */
  public record Column(String name, Type type) {}

  /**
   * A content's row but for what can be computed from its bytes.
   *
   * @param sha256 of the bytes
   * @param size octets
   * @param created epoch milliseconds
   * @param refs how many rows refer to it
   */
  public record Content(long id, byte[] sha256, long size, long created, long refs) {}

  /** Takes the rows. */
  public interface Sink {
    /** Begins a table. */
    void table(String name, List<Column> columns) throws IOException;

    /** A row of the table, with a value or null for each column. */
    void row(@Nullable Object[] row) throws IOException;

    /** A content that the rows refer to; by id, after all tables. */
    void content(Content content) throws IOException;
  }

  /** The schema's version. */
  public int schemaVersion() {
    return store.database().read(Schema::version);
  }

  /** Hands over all rows as of one moment. */
  public void rows(Sink sink) throws IOException {
    try {
      store
          .database()
          .readOneMoment(connection -> {
            store.database().dialect().streamResults(connection, true);
            try {
              for (String table : tables(connection)) {
                table(connection, table, sink);
              }
              contents(connection, sink);
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            } finally {
              store.database().dialect().streamResults(connection, false);
            }
            return true;
          });
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private static List<String> tables(Connection connection) throws SQLException {
    List<String> tables = new ArrayList<>();
    try (ResultSet rs =
        connection
            .getMetaData()
            .getTables(null, connection.getSchema(), "%", new String[] {"BASE TABLE"})) {
      while (rs.next()) {
        String name = rs.getString("TABLE_NAME").toLowerCase(Locale.ROOT);
        if (!LEFT_OUT.contains(name)) {
          tables.add(name);
        }
      }
    }
    return tables;
  }

  private static void table(Connection connection, String table, Sink sink)
      throws SQLException, IOException {
    List<Column> columns = columns(connection.getMetaData(), connection.getSchema(), table);
    sink.table(table, columns);
    String names = String.join(", ", columns.stream().map(Column::name).toList());
    String order = columns.getFirst().name().equals("id") ? " ORDER BY id" : "";
    try (PreparedStatement query =
            connection.prepareStatement("SELECT " + names + " FROM " + table + order);
        ResultSet rs = query.executeQuery()) {
      while (rs.next()) {
        @Nullable Object[] row = new @Nullable Object[columns.size()];
        for (int i = 0; i < row.length; i++) {
          row[i] = value(rs, i + 1, columns.get(i).type());
        }
        sink.row(row);
      }
    }
  }

  private static List<Column> columns(DatabaseMetaData data, String schema, String table)
      throws SQLException {
    List<Column> columns = new ArrayList<>();
    try (ResultSet rs = data.getColumns(null, schema, table.toUpperCase(Locale.ROOT), "%")) {
      while (rs.next()) {
        String type = rs.getString("TYPE_NAME");
        columns.add(
            new Column(
                rs.getString("COLUMN_NAME").toLowerCase(Locale.ROOT),
                switch (type) {
                  case "BIGINT" -> Type.LONG;
                  case "INTEGER" -> Type.INT;
                  case "BOOLEAN" -> Type.BOOL;
                  case "CHARACTER VARYING" -> Type.TEXT;
                  case "BINARY VARYING" -> Type.BYTES;
                  default -> throw new SQLException("backups do not know the type " + type);
                }));
      }
    }
    return columns;
  }

  private static @Nullable Object value(ResultSet rs, int index, Type type) throws SQLException {
    Object value =
        switch (type) {
          case LONG -> rs.getLong(index);
          case INT -> rs.getInt(index);
          case BOOL -> rs.getBoolean(index);
          case TEXT -> rs.getString(index);
          case BYTES -> rs.getBytes(index);
        };
    return rs.wasNull() ? null : value;
  }

  private static void contents(Connection connection, Sink sink) throws SQLException, IOException {
    try (PreparedStatement query = connection.prepareStatement(CONTENTS);
        ResultSet rs = query.executeQuery()) {
      while (rs.next()) {
        sink.content(
            new Content(
                rs.getLong(1), rs.getBytes(2), rs.getLong(3), rs.getLong(4), rs.getLong(5)));
      }
    }
  }

  /**
   * Copies the bytes of a content, piece by piece.
   *
   * @throws StorageException NOT_FOUND when pieces of it are missing
   */
  public void copy(Content content, OutputStream out) throws IOException {
    store.contents().copy(new ContentId(content.id()), 0, content.size(), out);
  }

  /** Lets the sweep go on. */
  @Override
  public void close() {
    try {
      hold.close();
    } catch (Exception e) {
      throw new IllegalStateException("letting go does not fail", e);
    }
  }
}
