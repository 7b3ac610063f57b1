package org.postrider.imap;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postrider.storage.Account;
import org.postrider.storage.Mailbox;
import org.postrider.storage.MessageFlags;
import org.postrider.storage.Messages;

/** What needs another hand than the client's: accounts, limits, timeouts, large messages. */
class ImapSessionTest {
  @TempDir Path directory;

  /** A client that reads whole responses. */
  private static final class Client implements AutoCloseable {
    private final Socket socket = new Socket();
    private final InputStream in;

    Client(ImapServer server) throws IOException {
      InetSocketAddress address = server.address("imap");
      socket.connect(address);
      socket.setSoTimeout(10_000);
      in = new BufferedInputStream(socket.getInputStream());
    }

    String line() throws IOException {
      ByteArrayOutputStream line = new ByteArrayOutputStream();
      for (int c = in.read(); c >= 0 && c != '\n'; c = in.read()) {
        line.write(c);
      }
      return line.toString(StandardCharsets.ISO_8859_1).strip();
    }

    void send(String text) throws IOException {
      socket.getOutputStream().write((text + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
    }

    /** Sends a command and reads up to its tagged response. */
    String command(String text) throws IOException {
      send(text);
      String tag = text.substring(0, text.indexOf(' ') + 1);
      StringBuilder all = new StringBuilder();
      String line;
      do {
        line = line();
        all.append(line).append('\n');
      } while (!line.startsWith(tag) && !line.startsWith("* BYE"));
      return all.toString();
    }

    void login(Account account) throws IOException {
      assertThat(line()).startsWith("* OK");
      assertThat(command("l LOGIN " + account.login() + " " + ImapServer.PASSWORD))
          .startsWith("l OK");
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }

  @Test
  void aDisabledAccountLosesItsSessions() throws IOException {
    try (ImapServer server = ImapServer.start(ImapServer.settings(), directory, List.of());
        Client idle = new Client(server)) {
      Account account = server.newAccount();
      idle.login(account);
      idle.send("a IDLE");
      assertThat(idle.line()).startsWith("+");
      server.store.directory().setEnabled(account.id(), false);
      assertThat(idle.line()).startsWith("* BYE");
      try (Client late = new Client(server)) {
        assertThat(late.line()).startsWith("* OK");
        assertThat(late.command("b LOGIN " + account.login() + " " + ImapServer.PASSWORD))
            .startsWith("b NO [");
      }
    }
  }

  @Test
  void largePartsAreDecodedOnTheWay() throws IOException {
    try (ImapServer server = ImapServer.start(ImapServer.settings(), directory, List.of());
        Client client = new Client(server)) {
      Account account = server.newAccount();
      Mailbox inbox = server.store.mailboxes().find(account.id(), "INBOX").orElseThrow();
      String text = "0123456789ABCDE\r\n".repeat(12_000);
      byte[] octets = text.getBytes(StandardCharsets.US_ASCII);
      String base64 = Base64.getMimeEncoder().encodeToString(octets);
      String message = "Content-Transfer-Encoding: base64\r\n\r\n" + base64 + "\r\n";
      server.append(inbox, message.getBytes(StandardCharsets.US_ASCII), MessageFlags.NONE, 0);
      client.login(account);
      client.command("a SELECT INBOX");
      String whole = client.command("b FETCH 1 (BINARY.SIZE[1] BINARY.PEEK[1])");
      assertThat(whole)
          .startsWith("* 1 FETCH (BINARY.SIZE[1] " + octets.length + " BINARY[1] {" + octets.length)
          .contains(text.replace("\r\n", "\n"));
      assertThat(client.command("c FETCH 1 BINARY.PEEK[1]<150000.18>"))
          .startsWith("* 1 FETCH (BINARY[1]<150000> {18}");
    }
  }

  /** A clock that is a quarter of a minute on whenever it is looked at. */
  private static final class HastyClock extends Clock {
    private final AtomicLong millis = new AtomicLong(System.currentTimeMillis());

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }

    @Override
    public Instant instant() {
      return Instant.ofEpochMilli(millis.addAndGet(15_000));
    }
  }

  @Test
  void aLongSearchTellsHowFarItIs() throws IOException {
    try (ImapServer server =
            ImapServer.start(ImapServer.settings(), directory, List.of(), new HastyClock());
        Client client = new Client(server)) {
      client.login(server.newAccount());
      client.command("a SELECT Box");
      assertThat(client.command("b SEARCH BODY noon"))
          .contains("* OK [INPROGRESS (\"b\" 0 4)] ", "* SEARCH 1", "b OK");
      assertThat(client.command("c] SEARCH TEXT noon")).contains("* OK [INPROGRESS (NIL 0 4)] ");
      assertThat(client.command("d SEARCH SEEN")).doesNotContain("INPROGRESS");
    }
  }

  @Test
  void manyMessagesOfOneAppendDoNotWaitInMemory() throws IOException {
    try (ImapServer server = ImapServer.start(ImapServer.settings(), directory, List.of());
        Client client = new Client(server)) {
      Account account = server.newAccount();
      client.login(account);
      int size = 700_000;
      String message = " {" + size + "+}\r\na: b\r\n\r\n" + "x".repeat(size - 8);
      assertThat(client.command("a APPEND INBOX" + message + message + message))
          .containsPattern("a OK \\[APPENDUID \\d+ 1:3]");
      assertThat(client.command("b STATUS INBOX (MESSAGES SIZE)"))
          .contains("(MESSAGES 3 SIZE " + 3 * size + ")");
      assertThat(client.command("e APPEND INBOX" + " {1+}\r\nx".repeat(1001)))
          .contains("e NO [LIMIT]");
      client.command("c SELECT INBOX");
      assertThat(client.command("d FETCH 1:3 BODY.PEEK[]<699990.100>"))
          .contains("* 3 FETCH (BODY[]<699990> {10}\nxxxxxxxxxx)");
    }
  }

  @Test
  void quotasAreToldAndKept() throws IOException {
    try (ImapServer server = ImapServer.start(ImapServer.settings(), directory, List.of());
        Client client = new Client(server)) {
      Account account = server.newAccount();
      server.store.directory().setQuota(account.id(), 1 << 20, 5);
      client.login(account);
      assertThat(client.command("a GETQUOTAROOT INBOX"))
          .contains("* QUOTA \"user\" (STORAGE 2 1024 MESSAGE 4 5)");
      assertThat(client.command("b APPEND INBOX {6+}\r\na: b\r\n")).contains("b OK");
      assertThat(client.command("c APPEND INBOX {6}")).contains("c NO [OVERQUOTA]");
      client.command("d SELECT Box");
      assertThat(client.command("e COPY 1 INBOX")).contains("e NO [OVERQUOTA]");
    }
  }

  @Test
  void aDamagedMessageIsLeftOutAlone() throws Exception {
    try (ImapServer server = ImapServer.start(ImapServer.settings(), directory, List.of());
        Client client = new Client(server)) {
      Account account = server.newAccount();
      String url = "jdbc:" + server.store.settings().url();
      try (var connection = DriverManager.getConnection(url, "sa", "");
          var statement = connection.createStatement()) {
        statement.execute(
            "DELETE FROM piece WHERE id = (SELECT content * 65536 + 1 FROM message ORDER BY id"
                + " LIMIT 1 OFFSET 1)");
      }
      client.login(account);
      client.command("a SELECT Box");
      for (int i = 0; i < 2; i++) { // found out, and then known
        String fetched = client.command("b FETCH 1:* (UID BODY[])");
        assertThat(fetched)
            .contains("* 1 FETCH (UID 1 ", "* 3 FETCH (UID 3 ", "* 4 FETCH (UID 4 ")
            .doesNotContain("* 2 FETCH")
            .contains("b NO [CORRUPTION] ", "UID 2");
      }
      assertThat(client.command("c UID FETCH 2 (FLAGS RFC822.SIZE ENVELOPE BODY.PEEK[HEADER])"))
          .contains("* 2 FETCH (UID 2 FLAGS ()", "c OK");
      assertThat(client.command("d SEARCH BODY nothing-like-that")).contains("d OK");
      assertThat(client.command("e UID COPY 1:4 INBOX")).contains("e OK");
    }
  }

  @Test
  void silentClientsAreLoggedOut() throws IOException {
    ImapSettings base = ImapServer.settings();
    ImapSettings hasty =
        new ImapSettings(
            base.hostname(),
            base.lineBytesMax(),
            base.literalBytesMax(),
            base.messageBytesMax(),
            base.errorsMax(),
            Duration.ofSeconds(1),
            Duration.ofSeconds(1),
            base.notifyMailboxesMax());
    try (ImapServer server = ImapServer.start(hasty, directory, List.of());
        Client silent = new Client(server);
        Client idle = new Client(server)) {
      idle.login(server.newAccount());
      idle.send("a IDLE");
      assertThat(idle.line()).startsWith("+");
      assertThat(idle.line()).startsWith("* BYE");
      assertThat(silent.line()).startsWith("* OK");
      assertThat(silent.line()).startsWith("* BYE");
    }
  }

  @Test
  void largeMessagesAreStreamedAndSearched() throws IOException {
    try (ImapServer server = ImapServer.start(ImapServer.settings(), directory, List.of());
        Client client = new Client(server)) {
      Account account = server.newAccount();
      Mailbox inbox = server.store.mailboxes().find(account.id(), "INBOX").orElseThrow();
      String body = "line of text\r\n".repeat(30_000) + "the needle\r\n";
      String message = "Subject: big\r\n\r\n" + body;
      byte[] bytes = message.getBytes(StandardCharsets.ISO_8859_1);
      server.append(inbox, bytes, MessageFlags.NONE, 0);
      client.login(account);
      client.command("a SELECT INBOX");
      String whole = client.command("b UID FETCH 1 BODY.PEEK[]");
      assertThat(whole).startsWith("* 1 FETCH (UID 1 BODY[] {" + bytes.length + "}\n");
      assertThat(whole).contains("the needle\n)\nb OK");
      assertThat(client.command("c FETCH 1 BODY.PEEK[TEXT]<" + (body.length() - 8) + ".6>"))
          .contains("{6}\nneedle)");
      assertThat(client.command("d FETCH 1 BODY.PEEK[HEADER]")).contains("Subject: big");
      assertThat(client.command("e FETCH 1 BODY.PEEK[HEADER.FIELDS (SUBJECT)]"))
          .contains("Subject: big");
      assertThat(client.command("f SEARCH BODY \"THE NEEDLE\"")).startsWith("* SEARCH 1\n");
      assertThat(client.command("g SEARCH BODY \"two needles\"")).startsWith("* SEARCH\n");
      assertThat(client.command("h SEARCH SUBJECT big")).startsWith("* SEARCH 1\n");
    }
  }

  @Test
  void aStoppingServerSaysGoodbye() throws IOException {
    try (ImapServer server = ImapServer.start(ImapServer.settings(), directory, List.of());
        Client client = new Client(server)) {
      client.login(server.newAccount());
      client.send("a IDLE");
      assertThat(client.line()).startsWith("+");
      server.wire.stop(Duration.ofSeconds(5));
      assertThat(client.line()).startsWith("* BYE [UNAVAILABLE]");
    }
  }

  @Test
  void damagedMessagesAreNamedAndTheOthersSearchedAndFetched() throws Exception {
    try (ImapServer server = ImapServer.start(ImapServer.settings(), directory, List.of());
        Client client = new Client(server)) {
      Account account = server.newAccount();
      Mailbox box = server.store.mailboxes().find(account.id(), "Box").orElseThrow();
      String url = server.store.settings().url();
      try (Connection sql = DriverManager.getConnection("jdbc:" + url, "sa", "");
          Statement damage = sql.createStatement()) {
        damage.execute(
            "DELETE FROM piece WHERE id / 65536 = (SELECT content FROM message WHERE id = "
                + (box.id().value() << 32 | 2)
                + ")");
      }
      client.login(account);
      client.command("a SELECT Box");
      assertThat(client.command("b SEARCH NOT BODY \"no such text\""))
          .startsWith("* NO [CORRUPTION] ")
          .contains("not searched: UID 2\n* SEARCH 1 3 4\nb OK");
      assertThat(client.command("c SEARCH NOT DELETED")).startsWith("* SEARCH 1 2 3 4\nc OK");
      assertThat(client.command("d FETCH 1:* (UID BODY.PEEK[])"))
          .contains("* 1 FETCH", "* 3 FETCH", "* 4 FETCH", "\nd NO [CORRUPTION] ", "UID 2")
          .doesNotContain("* 2 FETCH");
    }
  }

  @Test
  void veryManyMessagesAreChangedAndToldByAndBy() throws IOException {
    int many = Messages.CHANGED_AT_ONCE + 1_000;
    try (ImapServer server = ImapServer.start(ImapServer.settings(), directory, List.of());
        Client client = new Client(server);
        Client watcher = new Client(server)) {
      Account account = server.newAccount();
      Mailbox inbox = server.store.mailboxes().find(account.id(), "INBOX").orElseThrow();
      server.append(inbox, ImapServer.message("1-plain"), MessageFlags.NONE, 0);
      for (int count = 1; count < many; count = Math.min(many, 2 * count)) {
        long[] more = LongStream.rangeClosed(1, Math.min(count, many - count)).toArray();
        server.store.messages().copy(inbox.id(), more, inbox.id());
      }
      client.login(account);
      client.command("a SELECT INBOX");
      watcher.login(account);
      watcher.command("a SELECT INBOX");
      assertThat(client.command("b STORE 1:* +FLAGS (\\Seen)").lines()).hasSize(many + 1);
      assertThat(watcher.command("b NOOP").lines()).hasSize(many + 1);
      assertThat(client.command("c STORE 1:* +FLAGS.SILENT (\\Deleted)").lines()).hasSize(1);
      assertThat(watcher.command("c NOOP").lines()).hasSize(many + 1);
      assertThat(client.command("d NOOP").lines()).hasSize(1);
      assertThat(client.command("e EXPUNGE").lines()).hasSize(many + 1);
      assertThat(watcher.command("e NOOP").lines()).hasSize(many + 1);
      assertThat(server.store.mailboxes().find(account.id(), "INBOX").orElseThrow().messages())
          .isZero();
    }
  }
}
