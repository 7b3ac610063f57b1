package org.postrider.bench;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/**
 * A client's end of a connection to loopback, made to cost little: the driver shares the machine
 * with the server.
 */
final class Wire implements AutoCloseable {
  private static final int TIMEOUT_MILLIS = 60_000;

  private final Socket socket;
  private final InputStream in;
  private final OutputStream out;
  private final byte[] buffer;
  private int position;
  private int limit;

  Wire(int port) throws IOException {
    this(port, 64 << 10);
  }

  /** With a smaller buffer, for connections by the thousand. */
  Wire(int port, int bufferBytes) throws IOException {
    this(port, bufferBytes, TIMEOUT_MILLIS);
  }

  /** With another patience for answers, in milliseconds. */
  Wire(int port, int bufferBytes, int timeoutMillis) throws IOException {
    socket = new Socket();
    socket.setTcpNoDelay(true);
    socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), TIMEOUT_MILLIS);
    socket.setSoTimeout(timeoutMillis);
    in = socket.getInputStream();
    out = socket.getOutputStream();
    buffer = new byte[bufferBytes];
  }

  void send(String text) throws IOException {
    send(text.getBytes(StandardCharsets.UTF_8));
  }

  void send(byte[] bytes) throws IOException {
    out.write(bytes);
  }

  /** A line without its CRLF. */
  String line() throws IOException {
    StringBuilder line = null;
    while (true) {
      for (int i = position; i < limit; i++) {
        if (buffer[i] == '\n') {
          String tail = new String(buffer, position, i - position, StandardCharsets.ISO_8859_1);
          position = i + 1;
          String whole = line == null ? tail : line.append(tail).toString();
          return whole.endsWith("\r") ? whole.substring(0, whole.length() - 1) : whole;
        }
      }
      if (line == null) {
        line = new StringBuilder();
      }
      line.append(new String(buffer, position, limit - position, StandardCharsets.ISO_8859_1));
      fill();
    }
  }

  void skip(long octets) throws IOException {
    long left = octets;
    while (left > 0) {
      if (position == limit) {
        fill();
      }
      int taken = (int) Math.min(left, limit - position);
      position += taken;
      left -= taken;
    }
  }

  /** Skips to the line that is a dot alone; the octets that were skipped. */
  long skipMultiline() throws IOException {
    long skipped = 0;
    int matched = 2; // of CR LF . CR LF; the start of the text counts as the start of a line
    byte[] end = {'\r', '\n', '.', '\r', '\n'};
    while (matched < end.length) {
      if (position == limit) {
        fill();
      }
      byte b = buffer[position++];
      skipped++;
      if (b == end[matched]) {
        matched++;
      } else {
        matched = b == '\r' ? 1 : 0;
      }
    }
    return skipped;
  }

  private void fill() throws IOException {
    int count = in.read(buffer);
    if (count < 0) {
      throw new EOFException("the server closed the connection");
    }
    position = 0;
    limit = count;
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
