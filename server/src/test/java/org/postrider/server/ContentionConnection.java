package org.postrider.server;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** An IMAP connection that reads whole responses, literals and all, and remembers what was said. */
final class ContentionConnection implements AutoCloseable {
  private static final int PATIENCE_MILLIS = 60_000;
  private static final int REMEMBERED = 100;
  private static final Pattern LITERAL = Pattern.compile("\\{(\\d+)}$");

  private final Socket socket = new Socket();
  private final InputStream in;
  private final Deque<String> said;

  /**
   * @param said what was said before on this client's connections
   */
  ContentionConnection(InetSocketAddress address, Deque<String> said) throws IOException {
    this.said = said;
    socket.setTcpNoDelay(true);
    socket.connect(address, PATIENCE_MILLIS);
    socket.setSoTimeout(PATIENCE_MILLIS);
    in = new BufferedInputStream(socket.getInputStream());
  }

  static Deque<String> nothingSaid() {
    return new ArrayDeque<>();
  }

  private void remember(String line) {
    if (said.size() == REMEMBERED) {
      said.removeFirst();
    }
    said.addLast(line);
  }

  void send(String line) throws IOException {
    remember("C: " + line);
    socket.getOutputStream().write((line + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
  }

  /** The next response; of a literal its octets are part of it. */
  String response() throws IOException {
    StringBuilder response = new StringBuilder(line());
    for (Matcher literal = LITERAL.matcher(response); literal.find(); ) {
      byte[] octets = in.readNBytes(Integer.parseInt(literal.group(1)));
      response.append(new String(octets, StandardCharsets.ISO_8859_1)).append(line());
      literal = LITERAL.matcher(response);
    }
    remember("S: " + response);
    return response.toString();
  }

  /** Whether a response comes within that time. */
  boolean awaitResponse(int millis) throws IOException {
    socket.setSoTimeout(millis);
    in.mark(1);
    try {
      if (in.read() < 0) {
        throw new EOFException("the server closed the connection");
      }
      in.reset();
      return true;
    } catch (java.net.SocketTimeoutException e) {
      return false;
    } finally {
      socket.setSoTimeout(PATIENCE_MILLIS);
    }
  }

  private String line() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int c = in.read(); c != '\n'; c = in.read()) {
      if (c < 0) {
        throw new EOFException("the server closed the connection");
      }
      line.write(c);
    }
    return line.toString(StandardCharsets.ISO_8859_1).stripTrailing();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
