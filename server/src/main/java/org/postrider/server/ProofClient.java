package org.postrider.server;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A mail client of a few lines: sends a line, expects an answer. */
final class ProofClient implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final Socket socket;
  private final BufferedReader in;
  private final OutputStream out;

  ProofClient(InetSocketAddress address) throws IOException {
    this.socket = new Socket();
    socket.connect(address, (int) PATIENCE.toMillis());
    socket.setSoTimeout((int) PATIENCE.toMillis());
    this.in =
        new BufferedReader(
            new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
    this.out = socket.getOutputStream();
  }

  /** Reads lines up to one that starts with {@code end}, which is the last of the answer. */
  List<String> expect(String end, String... failures) throws IOException {
    List<String> lines = new ArrayList<>();
    while (true) {
      String line = in.readLine();
      if (line == null) {
        throw new IOException("the server closed the connection after " + lines);
      }
      lines.add(line);
      if (line.startsWith(end)) {
        return lines;
      }
      for (String failure : failures) {
        if (line.startsWith(failure)) {
          throw new IOException("the server answered: " + line);
        }
      }
    }
  }

  /** Sends a line, then {@link #expect}s. */
  List<String> send(String line, String end, String... failures) throws IOException {
    out.write((line + "\r\n").getBytes(StandardCharsets.UTF_8));
    out.flush();
    return expect(end, failures);
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
