package org.postrider.storage.backup;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/** Writes a table to a compressed file, which is on disk when this is closed. */
final class TableWriter implements AutoCloseable {
  private static final int BUFFER = 64 << 10;

  private final FileChannel channel;
  private final GZIPOutputStream compressed;
  private final BufferedWriter lines;
  private long rows;

  TableWriter(Path file, String header) throws IOException {
    channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    compressed = new GZIPOutputStream(Channels.newOutputStream(channel), BUFFER);
    lines = new BufferedWriter(new OutputStreamWriter(compressed, StandardCharsets.UTF_8), BUFFER);
    line(header);
  }

  private void line(String line) throws IOException {
    lines.write(line);
    lines.write('\n');
  }

  void row(@Nullable Object... row) throws IOException {
    line(TableText.line(row));
    rows++;
  }

  long rows() {
    return rows;
  }

  @Override
  public void close() throws IOException {
    try (channel) {
      lines.flush();
      compressed.finish();
      channel.force(true);
    }
  }
}
