package org.postrider.control;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Lines of UTF-8, ended by LF, over a socket. */
final class LineChannel implements AutoCloseable {
  private final SocketChannel channel;
  private final InputStream in;
  private final int lineBytesMax;

  LineChannel(SocketChannel channel, int lineBytesMax) {
    this.channel = channel;
    this.in = new BufferedInputStream(Channels.newInputStream(channel));
    this.lineBytesMax = lineBytesMax;
  }

  /**
   * The next line, or null at the end.
   *
   * @throws IOException also when the line is longer than the limit
   */
  @Nullable String read() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    while (true) {
      int octet = in.read();
      if (octet == '\n') {
        return line.toString(StandardCharsets.UTF_8);
      }
      if (octet < 0) {
        return line.size() == 0 ? null : line.toString(StandardCharsets.UTF_8);
      }
      if (line.size() >= lineBytesMax) {
        throw new IOException("line longer than " + lineBytesMax + " octets");
      }
      line.write(octet);
    }
  }

  void write(String line) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap((line + "\n").getBytes(StandardCharsets.UTF_8));
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
