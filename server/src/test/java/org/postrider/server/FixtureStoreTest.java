package org.postrider.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postrider.auth.AuthSettings;
import org.postrider.auth.StoredCredential;
import org.postrider.control.operation.Service;
import org.postrider.storage.Store;
import org.postrider.storage.StoreSettings;

/**
 * Opens a store of each schema that was released, and reads through the protocols what was read
 * when it was made. {@code -Dpostrider.fixture.make=FILE} makes one of the present schema.
 */
class FixtureStoreTest {
  private static final String ALICE = "alice@example.org";
  private static final String BOB = "bob@example.org";
  private static final String PASSWORD = "fixture";
  private static final String DATABASE = "postrider.mv.db";
  private static final String DUMP = "dump";

  /** What is in the queue stays there. */
  private static final Map<String, String> QUIET = Map.of("queue.send", "off");

  @TempDir Path data;

  @ParameterizedTest
  @ValueSource(ints = 1)
  void aStoreOfAnOlderVersionIsServed(int schema) throws Exception {
    String expected = "";
    try (InputStream file = getClass().getResourceAsStream("/stores/schema-" + schema + ".zip");
        ZipInputStream zip = new ZipInputStream(Objects.requireNonNull(file))) {
      for (ZipEntry entry; (entry = zip.getNextEntry()) != null; ) {
        if (entry.getName().equals(DUMP)) {
          expected = new String(zip.readAllBytes(), StandardCharsets.ISO_8859_1);
        } else {
          Files.copy(zip, data.resolve(entry.getName()));
        }
      }
    }
    try (TestSuite suite = new TestSuite(TestSuite.configuration(data, QUIET))) {
      assertThat(dump(suite)).isEqualTo(expected);
      assertThat(TestSuite.command(data, "check")).startsWith("0 ");
      send(suite, Service.SMTP, "carol@example.net", ALICE, "new");
      assertThat(TestSuite.command(data, "check")).startsWith("0 ");
    }
  }

  @Test
  @EnabledIfSystemProperty(named = "postrider.fixture.make", matches = ".+")
  void make() throws Exception {
    String credential = StoredCredential.ofPassword(PASSWORD, AuthSettings.ITERATIONS_MIN).text();
    try (Store store = Store.open(StoreSettings.inDirectory(data), Clock.systemUTC())) {
      store.directory().createAccount(ALICE, credential);
      store.directory().createAccount(BOB, credential);
    }
    String dump;
    try (TestSuite suite = new TestSuite(TestSuite.configuration(data, QUIET))) {
      fill(suite);
      assertThat(TestSuite.command(data, "check")).startsWith("0 ");
      dump = dump(suite);
    }
    assertThat(TestSuite.command(data, "compact")).startsWith("0 ");
    Path target = Path.of(System.getProperty("postrider.fixture.make"));
    try (OutputStream file = Files.newOutputStream(target);
        ZipOutputStream zip = new ZipOutputStream(file)) {
      zip.setLevel(9);
      zip.putNextEntry(new ZipEntry(DATABASE));
      Files.copy(data.resolve(DATABASE), zip);
      zip.putNextEntry(new ZipEntry(DUMP));
      zip.write(dump.getBytes(StandardCharsets.ISO_8859_1));
    }
  }

  /** Something of everything. */
  private void fill(TestSuite suite) throws IOException {
    assertThat(TestSuite.command(data, "alias", "add", "team@example.org", ALICE, BOB))
        .startsWith("0 ");
    assertThat(TestSuite.command(data, "user", "quota", BOB, "--size", "1GB")).startsWith("0 ");
    send(suite, Service.SMTP, "carol@example.net", "team@example.org", "to both");
    send(suite, Service.SUBMISSION, ALICE, "dave@example.net", "into the queue");
    try (ProofClient imap = imap(suite, ALICE)) {
      append(imap, "INBOX", "(\\Seen \\Flagged $Work)", "Subject: one\r\n\r\none\r\n");
      append(imap, "INBOX", "(\\Deleted)", "Subject: expunged\r\n\r\ntwo\r\n");
      append(imap, "INBOX", "()", "Subject: long\r\n\r\n" + "a line of text\r\n".repeat(15_000));
      append(
          imap,
          "Archive",
          "(\\Answered $Label1)",
          "From: \"D. \u00c4.\" <d@example.net>\r\nSubject: =?UTF-8?Q?=C3=9Cber?= uns\r\n"
              + "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
              + "--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n\u00fc\r\n"
              + "--b\r\nContent-Type: image/png; name=x.png\r\n"
              + "Content-Transfer-Encoding: base64\r\n\r\niVBORw0KGgo=\r\n--b--\r\n");
      imap.send("a CREATE Projects/2026", "a OK", "a NO");
      imap.send("a CREATE Gone", "a OK", "a NO");
      append(imap, "Gone", "()", "Subject: gone\r\n\r\ngone\r\n");
      imap.send("a DELETE Gone", "a OK", "a NO");
      imap.send("a SELECT INBOX", "a OK", "a NO");
      imap.send("a COPY 1:* Projects/2026", "a OK", "a NO");
      imap.send("a EXPUNGE", "a OK", "a NO");
      imap.send("a UNSUBSCRIBE Junk", "a OK", "a NO");
    }
  }

  private static void append(ProofClient imap, String mailbox, String flags, String message)
      throws IOException {
    int octets = message.getBytes(StandardCharsets.UTF_8).length;
    imap.send(
        "a APPEND "
            + mailbox
            + " "
            + flags
            + " \" 1-Feb-2026 10:20:30 +0100\" {"
            + octets
            + "+}\r\n"
            + message,
        "a OK",
        "a NO",
        "a BAD");
  }

  private static InetSocketAddress address(TestSuite suite, Service service) {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), suite.port(service));
  }

  private static ProofClient imap(TestSuite suite, String user) throws IOException {
    ProofClient client = new ProofClient(address(suite, Service.IMAP));
    client.expect("* OK");
    client.send("a LOGIN " + user + " " + PASSWORD, "a OK", "a NO");
    return client;
  }

  private static void send(TestSuite suite, Service service, String from, String to, String subject)
      throws IOException {
    try (ProofClient client = new ProofClient(address(suite, service))) {
      client.expect("220");
      client.send("EHLO client.example.net", "250 ");
      if (service == Service.SUBMISSION) {
        byte[] plain = ("\0" + from + "\0" + PASSWORD).getBytes(StandardCharsets.UTF_8);
        client.send("AUTH PLAIN " + java.util.Base64.getEncoder().encodeToString(plain), "235");
      }
      client.send("MAIL FROM:<" + from + ">", "250", "4", "5");
      client.send("RCPT TO:<" + to + ">", "250", "4", "5");
      client.send("DATA", "354", "4", "5");
      client.send("Subject: " + subject + "\r\n\r\n" + subject + "\r\n.", "250", "4", "5");
    }
  }

  /** Everything that clients and the administrator see. */
  private String dump(TestSuite suite) throws IOException {
    List<String> lines = new ArrayList<>();
    for (String user : List.of(ALICE, BOB)) {
      try (ProofClient imap = imap(suite, user)) {
        lines.addAll(imap.send("a LIST \"\" *", "a OK", "a NO"));
        lines.addAll(imap.send("a LSUB \"\" *", "a OK", "a NO"));
        lines.addAll(imap.send("a GETQUOTAROOT INBOX", "a OK", "a NO"));
        for (String mailbox : List.of("INBOX", "Archive", "Sent")) {
          dump(imap, mailbox, lines);
        }
        if (user.equals(ALICE)) {
          dump(imap, "Projects/2026", lines);
        }
      }
      try (ProofClient pop3 = new ProofClient(address(suite, Service.POP3))) {
        pop3.expect("+OK");
        pop3.send("USER " + user, "+OK", "-ERR");
        pop3.send("PASS " + PASSWORD, "+OK", "-ERR");
        lines.addAll(pop3.send("UIDL", ".", "-ERR"));
        lines.addAll(pop3.send("LIST", ".", "-ERR"));
        lines.addAll(pop3.send("RETR 1", ".", "-ERR"));
      }
    }
    lines.add(TestSuite.command(data, "alias", "list"));
    lines.add(TestSuite.command(data, "user", "list"));
    return String.join("\n", lines);
  }

  private static void dump(ProofClient imap, String mailbox, List<String> lines)
      throws IOException {
    lines.addAll(imap.send("a EXAMINE " + mailbox, "a OK", "a NO"));
    lines.addAll(
        imap.send(
            "a UID FETCH 1:* (FLAGS INTERNALDATE RFC822.SIZE ENVELOPE BODYSTRUCTURE BODY.PEEK[])",
            "a OK",
            "a NO",
            "a BAD"));
    // What was not answered by a server of the first schema.
    lines.removeIf(line -> line.endsWith(" RECENT") || line.startsWith("* OK [MAILBOXID "));
    lines.replaceAll(line -> line.replace(" \\Recent", "").replace("\\Recent", ""));
  }
}
