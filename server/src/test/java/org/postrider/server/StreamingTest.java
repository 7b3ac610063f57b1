package org.postrider.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postrider.auth.AuthSettings;
import org.postrider.auth.StoredCredential;
import org.postrider.control.operation.Service;
import org.postrider.storage.Store;
import org.postrider.storage.StoreSettings;

/**
 * Several large messages at once, in by SMTP and IMAP and out by IMAP and POP3, through a server
 * whose heap could not hold them. {@code bench/run memory} does it with larger ones.
 */
class StreamingTest {
  private static final int HEAP_MEGABYTES = 56;
  private static final int CLIENTS = 8;
  private static final int LINES = 100_000;
  private static final String LINE =
      "seventy-eight characters of text with its line end, again and again ......\r\n";
  private static final long OCTETS = (long) LINES * LINE.length();
  private static final String PASSWORD = "secret";

  @TempDir Path directory;

  private static String login(int client) {
    return "u" + client + "@example.org";
  }

  /** A connection that does not keep what it reads. */
  private static final class Client implements AutoCloseable {
    private final Socket socket = new Socket();
    private final InputStream in;
    private final OutputStream out;

    Client(InetSocketAddress address) throws IOException {
      socket.connect(address, 10_000);
      socket.setSoTimeout(60_000);
      in = new BufferedInputStream(socket.getInputStream(), 64 << 10);
      out = socket.getOutputStream();
    }

    void send(String text) throws IOException {
      out.write(text.getBytes(StandardCharsets.US_ASCII));
    }

    void sendLines() throws IOException {
      byte[] hundred = LINE.repeat(100).getBytes(StandardCharsets.US_ASCII);
      for (int i = 0; i < LINES; i += 100) {
        out.write(hundred);
      }
    }

    /** Reads to a line that starts so; the octets before it. */
    long until(String start) throws IOException {
      long octets = 0;
      StringBuilder line = new StringBuilder();
      while (true) {
        int octet = in.read();
        if (octet < 0) {
          throw new IOException("the server closed the connection after " + line);
        }
        line.append((char) octet);
        if (octet == '\n') {
          if (line.indexOf(start) == 0) {
            return octets;
          }
          octets += line.length();
          line.setLength(0);
        }
      }
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }

  @Test
  void largeMessagesGoThroughASmallHeap() throws Exception {
    Path data = directory.resolve("data");
    String credential = StoredCredential.ofPassword(PASSWORD, AuthSettings.ITERATIONS_MIN).text();
    try (Store store = Store.open(StoreSettings.inDirectory(data), Clock.systemUTC())) {
      for (int i = 0; i < CLIENTS; i++) {
        store.directory().createAccount(login(i), credential);
      }
    }
    assertThat(CLIENTS * OCTETS).isGreaterThan((long) HEAP_MEGABYTES << 20);
    Files.writeString(data.resolve("postrider.yaml"), "storage:\n  cache-megabytes: 4\n");
    Path log = directory.resolve("log");
    try (KilledServer server =
        new KilledServer(ServerLaunch.small(HEAP_MEGABYTES), data, log, Map.of())) {
      atOnce(client -> send(server.address(Service.SMTP), client));
      atOnce(client -> fetch(server.address(Service.IMAP), client));
      atOnce(client -> retrieve(server.address(Service.POP3), client));
      assertThat(server.stop()).isTrue();
    } catch (IOException | ExecutionException e) {
      throw new AssertionError(Files.readString(log), e);
    }
    assertThat(Files.readString(log)).doesNotContain("OutOfMemoryError");
  }

  private interface Work {
    void run(int client) throws IOException;
  }

  private static void atOnce(Work work) throws Exception {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> all = new ArrayList<>();
      for (int i = 0; i < CLIENTS; i++) {
        int client = i;
        all.add(
            threads.submit(() -> {
              work.run(client);
              return true;
            }));
      }
      for (Future<?> each : all) {
        each.get();
      }
    }
  }

  private static void send(InetSocketAddress address, int client) throws IOException {
    try (Client smtp = new Client(address)) {
      smtp.until("220");
      smtp.send("EHLO client.example.net\r\n");
      smtp.until("250 ");
      smtp.send("MAIL FROM:<s@example.net>\r\nRCPT TO:<" + login(client) + ">\r\nDATA\r\n");
      smtp.until("354");
      smtp.send("Subject: large\r\n\r\n");
      smtp.sendLines();
      smtp.send(".\r\n");
      smtp.until("250");
    }
  }

  /** Two of them append theirs before. */
  private static void fetch(InetSocketAddress address, int client) throws IOException {
    try (Client imap = new Client(address)) {
      imap.until("* OK");
      imap.send("a LOGIN " + login(client) + " " + PASSWORD + "\r\n");
      imap.until("a OK");
      if (client < 2) {
        imap.send("b APPEND INBOX {" + (OCTETS + 4) + "+}\r\nS:\r\n");
        imap.sendLines();
        imap.send("\r\n");
        imap.until("b OK");
      }
      imap.send("c SELECT INBOX\r\n");
      imap.until("c OK");
      imap.send("d UID FETCH * (BODY.PEEK[])\r\n");
      assertThat(imap.until("d OK")).isGreaterThan(OCTETS);
    }
  }

  private static void retrieve(InetSocketAddress address, int client) throws IOException {
    try (Client pop3 = new Client(address)) {
      pop3.until("+OK");
      pop3.send("USER " + login(client) + "\r\n");
      pop3.until("+OK");
      pop3.send("PASS " + PASSWORD + "\r\n");
      pop3.until("+OK");
      pop3.send("RETR 1\r\n");
      assertThat(pop3.until(".\r\n")).isGreaterThan(OCTETS);
    }
  }
}
