package org.postrider.storage.backup;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The rows of a table of a snapshot, one after the other, with columns by name. */
final class NamedRows implements AutoCloseable {
  private final Path file;
  private final TableReader reader;
  private final Map<String, Integer> columns = new HashMap<>();
  private @Nullable Object @Nullable [] row;

  NamedRows(Path snapshot, String table) throws IOException {
    file = snapshot.resolve(table + ".gz");
    reader = new TableReader(file);
    reader.columns().forEach(column -> columns.put(column.name(), columns.size()));
  }

  /** Goes on to the next row; false after the last one. */
  boolean next() throws IOException {
    row = reader.next();
    return row != null;
  }

  /** Whether the schema of then had that column. */
  boolean has(String column) {
    return columns.containsKey(column);
  }

  boolean isNull(String column) throws IOException {
    return value(column) == null;
  }

  /** A LONG or an INT. */
  long number(String column) throws IOException {
    return required(Number.class, column).longValue();
  }

  boolean bool(String column) throws IOException {
    return required(Boolean.class, column);
  }

  String text(String column) throws IOException {
    return required(String.class, column);
  }

  byte[] bytes(String column) throws IOException {
    return required(byte[].class, column);
  }

  private <T> T required(Class<T> type, String column) throws IOException {
    Object value = value(column);
    if (!type.isInstance(value)) {
      throw new IOException(file + " is damaged: the column " + column + " has no such value");
    }
    return type.cast(value);
  }

  private @Nullable Object value(String column) throws IOException {
    Integer index = columns.get(column);
    if (index == null || row == null) {
      throw new IOException(file + " is damaged: it has no column " + column);
    }
    return row[index];
  }

  @Override
  public void close() throws IOException {
    reader.close();
  }
}
