package org.postrider.server;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The server elsewhere to which one that is killed brings mail; it knows no address that begins
 * with {@link #UNKNOWN}, and remembers what came over which connection.
 */
final class KillPeer implements AutoCloseable {
  static final String UNKNOWN = "unknown";
  static final int DOMAINS = 4;

  private static final Pattern TOKEN = Pattern.compile("(?m)^Subject: token-(\\d+)$");
  private static final Pattern RECIPIENT = Pattern.compile("RCPT TO:<([^>]*)>.*");

  /** One for each domain. */
  private final List<ServerSocket> sockets = new ArrayList<>();

  private final KillLog log;
  private final Map<Copy, List<Place>> arrived = new ConcurrentHashMap<>();
  private final Map<Integer, Integer> lengths = new ConcurrentHashMap<>();
  private final AtomicInteger connections = new AtomicInteger();

  /** A message for a recipient. */
  record Copy(int token, String recipient) {}

  /**
   * Where a message came.
   *
   * @param number among the messages of the connection, from 1
   */
  private record Place(int connection, int number) {}

  KillPeer(KillLog log) throws IOException {
    this.log = log;
    for (int i = 0; i < DOMAINS; i++) {
      ServerSocket socket = new ServerSocket(0, 200, InetAddress.getLoopbackAddress());
      sockets.add(socket);
      Thread.ofVirtual().start(() -> accept(socket));
    }
  }

  /** The setting that makes all its domains' mail come here. */
  String routes() {
    return IntStream.range(0, DOMAINS)
        .mapToObj(i -> domain(i) + "=127.0.0.1:" + sockets.get(i).getLocalPort())
        .collect(Collectors.joining(","));
  }

  static String domain(int number) {
    return "d" + number + ".test";
  }

  boolean has(Copy copy) {
    return arrived.containsKey(copy);
  }

  /** How many copies came once more. */
  int duplicates() {
    return arrived.values().stream().mapToInt(places -> places.size() - 1).sum();
  }

  /**
   * A message may come again only if nothing came after it over its connection: then the sender
   * died between the reply and noting it.
   */
  void verify() {
    arrived.forEach((copy, places) -> {
      for (Place place : places.subList(0, places.size() - 1)) {
        int last = lengths.getOrDefault(place.connection(), 0);
        if (place.number() != last) {
          log.problem("twice: " + copy + " at " + place + " of " + last + ", then again");
        }
      }
    });
  }

  private void accept(ServerSocket socket) {
    while (!socket.isClosed()) {
      try {
        Socket client = socket.accept();
        int connection = connections.incrementAndGet();
        Thread.ofVirtual().start(() -> serve(client, connection));
      } catch (IOException e) {
        if (!socket.isClosed()) {
          throw new UncheckedIOException(e);
        }
      }
    }
  }

  private void serve(Socket client, int connection) {
    try (client) {
      talk(client, connection);
    } catch (IOException e) {
      if (!log.isKilled()) {
        log.problem("failed: a connection of the server: " + e);
      }
    }
  }

  private void talk(Socket client, int connection) throws IOException {
    BufferedReader in =
        new BufferedReader(
            new InputStreamReader(client.getInputStream(), StandardCharsets.ISO_8859_1));
    OutputStream out = client.getOutputStream();
    List<String> recipients = new ArrayList<>();
    answer(out, "220 peer.test");
    String command;
    while ((command = in.readLine()) != null) {
      Matcher recipient = RECIPIENT.matcher(command);
      if (command.startsWith("EHLO")) {
        answer(out, "250-peer.test\r\n250 PIPELINING");
      } else if (recipient.matches() && recipient.group(1).startsWith(UNKNOWN)) {
        answer(out, "550 5.1.1 no such user");
      } else if (recipient.matches()) {
        recipients.add(recipient.group(1));
        answer(out, "250 2.1.5 ok");
      } else if (command.equals("DATA") && recipients.isEmpty()) {
        answer(out, "554 5.5.1 no recipient");
      } else if (command.equals("DATA")) {
        answer(out, "354 go");
        take(in, connection, recipients);
        recipients.clear();
        answer(out, "250 2.0.0 ok");
      } else if (command.equals("QUIT")) {
        return;
      } else {
        recipients.clear();
        answer(out, "250 2.0.0 ok");
      }
    }
  }

  private static void answer(OutputStream out, String reply) throws IOException {
    out.write((reply + "\r\n").getBytes(StandardCharsets.US_ASCII));
    out.flush();
  }

  private void take(BufferedReader in, int connection, List<String> recipients) throws IOException {
    List<String> lines = new ArrayList<>();
    String line;
    while ((line = in.readLine()) != null && !line.equals(".")) {
      lines.add(line);
    }
    if (line == null) {
      throw new IOException("the data do not end");
    }
    String text = String.join("\n", lines) + "\n";
    Matcher subject = TOKEN.matcher(text);
    int token = subject.find() ? Integer.parseInt(subject.group(1)) : 0;
    String body = KillLog.message(token).replace("\r\n", "\n");
    if (!text.endsWith(body.substring(body.indexOf("\n\n")))) {
      log.problem("corrupt: what came for " + recipients + ": " + text);
    }
    Place place = new Place(connection, lengths.merge(connection, 1, Integer::sum));
    for (String recipient : recipients) {
      arrived
          .computeIfAbsent(new Copy(token, recipient), copy -> new CopyOnWriteArrayList<>())
          .add(place);
    }
    log.step();
  }

  @Override
  public void close() throws IOException {
    for (ServerSocket socket : sockets) {
      socket.close();
    }
  }
}
