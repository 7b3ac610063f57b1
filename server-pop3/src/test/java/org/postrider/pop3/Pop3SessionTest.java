package org.postrider.pop3;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postrider.storage.AccountId;

/** What takes another server, much mail or the passing of time. */
class Pop3SessionTest {
  @TempDir Path directory;

  private Pop3Server server(Duration idleTimeout, Duration takeoverAfter) throws IOException {
    Pop3Settings s = Pop3Server.settings();
    return new Pop3Server(
        directory,
        new Pop3Settings(
            s.hostname(), s.errorsMax(), idleTimeout, s.lineBytesMax(), 8192, 4096, takeoverAfter),
        Clock.systemUTC());
  }

  /** A client that says one line and hears one line. */
  private static final class Client implements AutoCloseable {
    private final Socket socket = new Socket();
    private final BufferedReader in;
    private final OutputStream out;

    Client(InetSocketAddress address) throws IOException {
      socket.connect(address);
      socket.setSoTimeout(10_000);
      in =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
      out = socket.getOutputStream();
      assertThat(in.readLine()).startsWith("+OK");
    }

    String say(String line) throws IOException {
      out.write((line + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
      return hear();
    }

    String hear() throws IOException {
      String line = in.readLine();
      return line == null ? "closed" : line;
    }

    List<String> hearLines() throws IOException {
      List<String> lines = new ArrayList<>();
      for (String line = hear(); !line.equals(".") && !line.equals("closed"); line = hear()) {
        lines.add(line);
      }
      return lines;
    }

    String login(String user) throws IOException {
      say("USER " + user);
      return say("PASS secret");
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }

  @Test
  void aDamagedMessageIsRefusedAlone() throws Exception {
    try (Pop3Server server = server(Duration.ofMinutes(10), Duration.ofMinutes(1))) {
      server.newUser();
      AccountId account = server.newAccount("damaged@example.org");
      server.append(
          server.inbox(account), "Subject: 1\r\n\r\nx\r\n", "Subject: 2\r\n\r\ny\r\n", "a: b\r\n");
      String url = "jdbc:" + server.store().settings().url();
      try (var connection = DriverManager.getConnection(url, "sa", "");
          var statement = connection.createStatement()) {
        statement.execute(
            "DELETE FROM piece WHERE id = (SELECT content * 65536 + 1 FROM message ORDER BY id DESC"
                + " LIMIT 1 OFFSET 1)");
      }
      try (Client client = new Client(server.plain())) {
        client.login("damaged@example.org");
        assertThat(client.say("RETR 1")).startsWith("+OK");
        client.hearLines();
        assertThat(client.say("RETR 2")).startsWith("-ERR [SYS/PERM]");
        assertThat(client.say("RETR 3")).startsWith("+OK");
        client.hearLines();
        assertThat(client.say("TOP 2 0")).startsWith("+OK");
        assertThat(client.hearLines()).contains("Subject: 2");
      }
    }
  }

  /** RFC 1939 §3: an idle session ends without a reply, and removes nothing. */
  @Test
  void anIdleSessionIsClosedWithoutRemoving() throws IOException {
    try (Pop3Server server = server(Duration.ofMillis(300), Duration.ofMinutes(1));
        Client idle = new Client(server.plain())) {
      String user = server.newUser().get("user");
      assertThat(idle.login(user)).startsWith("+OK 3 ");
      assertThat(idle.say("DELE 1")).isEqualTo("+OK Marked");
      assertThat(idle.hear()).isEqualTo("closed");
      try (Client next = new Client(server.plain())) {
        assertThat(next.login(user)).startsWith("+OK 3 ");
      }
    }
  }

  /** The new session starts with all messages; the old one is closed and removes none. */
  @Test
  void aSilentSessionLosesItsMaildrop() throws IOException {
    try (Pop3Server server = server(Duration.ofMinutes(10), Duration.ZERO);
        Client silent = new Client(server.plain());
        Client next = new Client(server.plain())) {
      String user = server.newUser().get("user");
      assertThat(silent.login(user)).startsWith("+OK 3 ");
      assertThat(silent.say("DELE 1")).isEqualTo("+OK Marked");
      // the silent one is between its commands as soon as it has answered, or a moment later
      String answer = next.login(user);
      for (int i = 0; i < 10 && answer.startsWith("-ERR [IN-USE]"); i++) {
        answer = next.login(user);
      }
      assertThat(answer).startsWith("+OK 3 ");
      assertThat(silent.hear()).isEqualTo("closed");
      assertThat(next.say("DELE 3")).isEqualTo("+OK Marked");
      assertThat(next.say("QUIT")).isEqualTo("+OK Bye, 1 messages removed");
    }
  }

  /** Small ones are read ahead, long ones streamed, and each comes as it was put in. */
  @Test
  void manyMessagesOfAllSizes() throws IOException {
    try (Pop3Server server = server(Duration.ofMinutes(10), Duration.ofMinutes(1));
        Client client = new Client(server.plain())) {
      AccountId account = server.newAccount("big@example.org");
      List<String> bodies = new ArrayList<>();
      for (int i = 0; i < 60; i++) {
        int lines = i % 10 == 3 ? 4000 : i % 7;
        bodies.add(("." + i + " " + "x".repeat(60) + "\r\n").repeat(lines));
        server.append(server.inbox(account), "Subject: " + i + "\r\n\r\n" + bodies.get(i));
      }
      assertThat(client.login("big@example.org")).startsWith("+OK 60 ");
      for (int i = 0; i < 60; i++) {
        assertThat(client.say("RETR " + (i + 1))).startsWith("+OK ");
        List<String> lines = client.hearLines();
        assertThat(lines.subList(0, 2)).containsExactly("Subject: " + i, "");
        assertThat(String.join("\n", lines.subList(2, lines.size())).replace("..", "."))
            .isEqualTo(bodies.get(i).replace("\r\n", "\n").strip());
      }
      assertThat(client.say("TOP 4 3999")).startsWith("+OK");
      assertThat(client.hearLines()).hasSize(2 + 3999);
      assertThat(client.say("QUIT")).isEqualTo("+OK Bye");
    }
  }

  /** What another session expunges stays readable here, and does not disturb QUIT. */
  @Test
  void messagesExpungedElsewhere() throws IOException {
    try (Pop3Server server = server(Duration.ofMinutes(10), Duration.ofMinutes(1));
        Client client = new Client(server.plain())) {
      AccountId account = server.newAccount("two@example.org");
      server.append(server.inbox(account), Pop3Server.ONE, Pop3Server.TWO);
      assertThat(client.login("two@example.org")).startsWith("+OK 2 ");
      long[] uids = server.store().messages().snapshot(server.inbox(account).id()).uids();
      server.store().messages().expunge(server.inbox(account).id(), uids, "imap");
      assertThat(client.say("RETR 1")).startsWith("+OK ");
      assertThat(client.hearLines()).contains("Hello 1");
      assertThat(client.say("DELE 1")).isEqualTo("+OK Marked");
      assertThat(client.say("QUIT")).isEqualTo("+OK Bye, 0 messages removed");
    }
  }

  @Test
  void anAccountThatIsClosedEndsItsSessionAndLosesNothing() throws IOException {
    try (Pop3Server server = server(Duration.ofMinutes(1), Duration.ofMinutes(1));
        Client client = new Client(server.plain())) {
      String user = server.newUser().get("user");
      AccountId account = server.store().directory().account(user).orElseThrow().id();
      assertThat(client.login(user)).startsWith("+OK 3 ");
      assertThat(client.say("DELE 1")).isEqualTo("+OK Marked");
      server.store().directory().setQuota(account, 1 << 20, 0);
      assertThat(client.say("NOOP")).startsWith("+OK");
      server.store().directory().setEnabled(account, false);
      assertThat(client.say("QUIT")).startsWith("-ERR [AUTH] The account was closed");
      assertThat(client.hear()).isEqualTo("closed");
      assertThat(server.inbox(account).messages()).isEqualTo(3);
    }
  }

  @Test
  void aFolderDeletedElsewhereIsToldAtQuit() throws IOException {
    try (Pop3Server server = server(Duration.ofMinutes(10), Duration.ofMinutes(1));
        Client client = new Client(server.plain())) {
      var user = server.newUser();
      assertThat(client.login(String.valueOf(user.get("folder")))).startsWith("+OK 1 ");
      assertThat(client.say("DELE 1")).isEqualTo("+OK Marked");
      AccountId account =
          server.store().directory().account(String.valueOf(user.get("user"))).orElseThrow().id();
      server.store().mailboxes().delete(account, "Work");
      assertThat(client.say("QUIT")).isEqualTo("-ERR [SYS/PERM] The folder was deleted meanwhile");
    }
  }

  /** +OK to QUIT only when the removal is durable. */
  @Test
  void aStoreThatFailsAtQuitIsTold() throws IOException {
    try (Pop3Server server = server(Duration.ofMinutes(10), Duration.ofMinutes(1));
        Client client = new Client(server.plain())) {
      String user = server.newUser().get("user");
      assertThat(client.login(user)).startsWith("+OK 3 ");
      assertThat(client.say("DELE 1")).isEqualTo("+OK Marked");
      server.store().close();
      assertThat(client.say("RETR 2")).startsWith("-ERR [SYS/TEMP]");
      assertThat(client.say("QUIT")).startsWith("-ERR [SYS/TEMP] The marked messages");
      assertThat(client.hear()).isEqualTo("closed");
    }
  }
}
