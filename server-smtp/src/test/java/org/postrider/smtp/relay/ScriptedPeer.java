package org.postrider.smtp.relay;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/**
 * A mail server that does as it is told: it answers each command with what {@link Script} says; an
 * empty answer closes the connection.
 */
final class ScriptedPeer implements AutoCloseable {
  /** What is answered to a command; {@code "."} stands for the end of the data. */
  @FunctionalInterface
  interface Script {
    String reply(String command);
  }

  private final ServerSocket socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
  private final Script script;
  private final @Nullable SSLContext tls;
  private final AtomicInteger handshakes = new AtomicInteger();
  private final List<InetAddress> clients = new CopyOnWriteArrayList<>();
  private final List<String> heard = new CopyOnWriteArrayList<>();
  private final List<String> messages = new CopyOnWriteArrayList<>();
  private final AtomicInteger connections = new AtomicInteger();

  private ScriptedPeer(Script script, @Nullable SSLContext tls) throws IOException {
    this.script = script;
    this.tls = tls;
  }

  static ScriptedPeer start(Script script) throws IOException {
    return start(script, null);
  }

  /**
   * @param tls for STARTTLS, or null
   */
  static ScriptedPeer start(Script script, @Nullable SSLContext tls) throws IOException {
    ScriptedPeer peer = new ScriptedPeer(script, tls);
    Thread.ofVirtual().start(peer::accept);
    return peer;
  }

  /** A server that takes everything and offers those extensions. */
  static Script accepting(String... extensions) {
    return command -> {
      if (command.startsWith("EHLO")) {
        StringBuilder reply = new StringBuilder("250-peer.test\r\n");
        for (String extension : extensions) {
          reply.append("250-").append(extension).append("\r\n");
        }
        return reply + "250 ENHANCEDSTATUSCODES\r\n";
      }
      return switch (command) {
        case "greeting" -> "220 peer.test\r\n";
        case "DATA" -> "354 go\r\n";
        default -> "250 2.0.0 ok\r\n";
      };
    };
  }

  int port() {
    return socket.getLocalPort();
  }

  List<String> heard() {
    return heard;
  }

  List<String> messages() {
    return messages;
  }

  /** From where the connections came. */
  List<InetAddress> clients() {
    return clients;
  }

  /** TLS handshakes that were completed. */
  int handshakes() {
    return handshakes.get();
  }

  int connections() {
    return connections.get();
  }

  private void accept() {
    while (!socket.isClosed()) {
      try {
        Socket client = socket.accept();
        connections.incrementAndGet();
        clients.add(client.getInetAddress());
        Thread.ofVirtual().start(() -> serve(client));
      } catch (IOException e) {
        if (!socket.isClosed()) {
          throw new UncheckedIOException(e);
        }
      }
    }
  }

  private void serve(Socket client) {
    try (client) {
      if (answer(client.getOutputStream(), script.reply("greeting"))
          && talk(client)
          && tls != null) {
        try (SSLSocket secure =
            (SSLSocket) tls.getSocketFactory().createSocket(client, null, port(), true)) {
          secure.setUseClientMode(false);
          secure.startHandshake();
          handshakes.incrementAndGet();
          talk(secure);
        }
      }
    } catch (IOException e) {
      heard.add("broken off: " + e.getMessage());
    }
  }

  /** Talks to the end; returns true when TLS is to begin. */
  private boolean talk(Socket client) throws IOException {
    BufferedReader in =
        new BufferedReader(
            new InputStreamReader(client.getInputStream(), StandardCharsets.ISO_8859_1));
    OutputStream out = client.getOutputStream();
    String command;
    while ((command = in.readLine()) != null) {
      heard.add(command);
      if (command.startsWith("BDAT ")) {
        char[] data = new char[Integer.parseInt(command.split(" ", -1)[1])];
        int length = 0;
        while (length < data.length) {
          length += in.read(data, length, data.length - length);
        }
        messages.add(utf8(new String(data)));
      }
      if (command.equals("QUIT") || !answer(out, script.reply(command))) {
        return false;
      }
      if (command.equals("STARTTLS") && tls != null) {
        return true;
      }
      if (command.equals("DATA") && script.reply("DATA").startsWith("354")) {
        messages.add(utf8(data(in)));
        if (!answer(out, script.reply("."))) {
          return false;
        }
      }
    }
    return false;
  }

  private static String utf8(String latin) {
    return new String(latin.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
  }

  private static boolean answer(OutputStream out, String reply) throws IOException {
    out.write(reply.getBytes(StandardCharsets.ISO_8859_1));
    out.flush();
    return !reply.isEmpty();
  }

  private static String data(BufferedReader in) throws IOException {
    StringBuilder data = new StringBuilder();
    String line;
    while ((line = in.readLine()) != null && !line.equals(".")) {
      data.append(line).append("\r\n");
    }
    return data.toString();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
