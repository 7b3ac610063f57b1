package org.postrider.storage.backup;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;
import org.postrider.storage.StoreExport.Column;

/** Reads what {@link TableWriter} wrote; what cannot be read names the file. */
final class TableReader implements AutoCloseable {
  private static final int BUFFER = 64 << 10;

  private final Path file;
  private final BufferedReader lines;
  private final List<Column> columns;

  TableReader(Path file) throws IOException {
    this.file = file;
    InputStream in = Files.newInputStream(file);
    try {
      lines =
          new BufferedReader(
              new InputStreamReader(new GZIPInputStream(in, BUFFER), StandardCharsets.UTF_8),
              BUFFER);
      String header = lines.readLine();
      columns = TableText.columns(header == null ? "" : header);
    } catch (IOException e) {
      in.close();
      throw damaged(e);
    }
  }

  private IOException damaged(IOException e) {
    return new IOException(file + " is damaged: " + e.getMessage(), e);
  }

  List<Column> columns() {
    return columns;
  }

  /** The next row, or null after the last one. */
  @Nullable Object @Nullable [] next() throws IOException {
    try {
      String line = lines.readLine();
      return line == null ? null : TableText.row(line, columns);
    } catch (IOException e) {
      throw damaged(e);
    }
  }

  @Override
  public void close() throws IOException {
    lines.close();
  }
}
