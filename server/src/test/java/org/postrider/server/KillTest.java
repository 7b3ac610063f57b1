package org.postrider.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postrider.control.operation.Service;

/** A real server process is killed under load; nothing that it acknowledged is lost. */
class KillTest {
  private static final int KILLS = 3;
  private static final int SENDERS = 8;
  private static final int ACKNOWLEDGED_MIN = 150;
  private static final String BOB = "bob@example.org";
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Pattern TOKEN = Pattern.compile("(?i)^Subject: token-(\\d+)$");

  @TempDir Path temp;

  private final AtomicInteger tokens = new AtomicInteger();
  private final Set<Integer> acknowledged = ConcurrentHashMap.newKeySet();
  private Process process;

  @AfterEach
  void endProcess() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  @Test
  void nothingAcknowledgedIsLost() throws Exception {
    Path data = temp.resolve("data");
    String password = TestSuite.addUser(data, BOB);
    for (int kill = 0; kill < KILLS; kill++) {
      Map<Service, InetSocketAddress> ports = start(data);
      loadUntilKilled(ports.get(Service.SMTP), (kill + 1) * ACKNOWLEDGED_MIN);
    }
    Map<Service, InetSocketAddress> ports = start(data);
    List<Integer> stored = stored(ports.get(Service.IMAP), password);
    assertThat(stored).containsAll(acknowledged);
    assertThat(new HashSet<>(stored)).as("no message is there twice").hasSameSizeAs(stored);
    process.destroy(); // SIGTERM
    assertThat(process.waitFor(10, TimeUnit.SECONDS)).as("it stops within 10 seconds").isTrue();
  }

  /** Starts {@code postrider serve} as a process of its own, on free ports. */
  private Map<Service, InetSocketAddress> start(Path data) throws IOException {
    Map<Service, InetSocketAddress> ports =
        Map.of(Service.SMTP, freePort(), Service.IMAP, freePort());
    Path log = Files.createTempFile(temp, "server", ".log");
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx256m",
            "-XX:TieredStopAtLevel=1",
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-cp",
            System.getProperty("java.class.path"),
            Postrider.class.getName(),
            "--data",
            data.toString(),
            "serve");
    for (Service service : Service.values()) {
      InetSocketAddress port = ports.get(service);
      builder
          .environment()
          .put(
              "POSTRIDER_LISTEN_" + service.name(),
              port == null ? "off" : "127.0.0.1:" + port.getPort());
    }
    process = builder.redirectErrorStream(true).redirectOutput(log.toFile()).start();
    await()
        .atMost(PATIENCE)
        .failFast("the server ended: " + log, () -> !process.isAlive() && print(log))
        .until(() -> Files.readString(log).contains("serves as"));
    return ports;
  }

  private static boolean print(Path log) throws IOException {
    System.out.println(Files.readString(log));
    return true;
  }

  private static InetSocketAddress freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return new InetSocketAddress(InetAddress.getLoopbackAddress(), socket.getLocalPort());
    }
  }

  /** Sends from several sessions; kills the server once so many messages are acknowledged. */
  private void loadUntilKilled(InetSocketAddress smtp, int enough) throws InterruptedException {
    AtomicBoolean killed = new AtomicBoolean();
    List<Thread> senders = new ArrayList<>();
    for (int i = 0; i < SENDERS; i++) {
      senders.add(Thread.ofVirtual().start(() -> send(smtp, killed)));
    }
    await().atMost(PATIENCE).until(() -> acknowledged.size() >= enough);
    process.destroyForcibly().waitFor(); // SIGKILL
    killed.set(true);
    for (Thread sender : senders) {
      assertThat(sender.join(PATIENCE)).isTrue();
    }
  }

  private void send(InetSocketAddress smtp, AtomicBoolean killed) {
    while (!killed.get()) {
      try (ProofClient client = new ProofClient(smtp)) {
        client.expect("220 ");
        client.send("EHLO load.example", "250 ");
        while (true) {
          int token = tokens.incrementAndGet();
          client.send("MAIL FROM:<load@example.com>", "250 ", "4", "5");
          client.send("RCPT TO:<" + BOB + ">", "250 ", "4", "5");
          client.send("DATA", "354", "4", "5");
          client.send(message(token), "250 ", "4", "5");
          acknowledged.add(token);
        }
      } catch (IOException e) {
        Thread.onSpinWait(); // the server is gone, or is just going
      }
    }
  }

  private static String message(int token) {
    return "From: <load@example.com>\r\nSubject: token-"
        + token
        + "\r\n\r\n"
        + ("x".repeat(70) + "\r\n").repeat(token % 100)
        + ".";
  }

  private static List<Integer> stored(InetSocketAddress imap, String password) throws IOException {
    List<Integer> stored = new ArrayList<>();
    try (ProofClient client = new ProofClient(imap)) {
      client.expect("* OK");
      client.send("a LOGIN " + BOB + " " + password, "a OK", "a NO", "a BAD");
      client.send("b EXAMINE INBOX", "b OK", "b NO", "b BAD");
      for (String line : client.send("c FETCH 1:* (BODY.PEEK[])", "c OK", "c NO", "c BAD")) {
        Matcher matcher = TOKEN.matcher(line);
        if (matcher.matches()) {
          stored.add(Integer.valueOf(matcher.group(1)));
        }
      }
    }
    return stored;
  }
}
