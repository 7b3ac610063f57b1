package org.postrider.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.postrider.control.operation.Service;
import org.postrider.storage.fs.OrderedFilePath;
import org.postrider.testkit.PowerLossDisk;
import org.postrider.testkit.PowerLossDisk.Fault;

/** A disk that is full or fails, as clients and the administrator see it. */
class FailingDiskTest {
  private static final String ALICE = "alice@example.org";
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  @TempDir Path data;

  private static ProofClient connect(TestSuite suite, Service service, String greeting)
      throws IOException {
    ProofClient client =
        new ProofClient(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), suite.port(service)));
    client.expect(greeting);
    return client;
  }

  private static ProofClient imap(TestSuite suite, String password) throws IOException {
    ProofClient client = connect(suite, Service.IMAP, "* OK");
    client.send("a LOGIN " + ALICE + " " + password, "a OK", "a NO");
    return client;
  }

  private static String tagged(ProofClient client, String command) throws IOException {
    return client.send("a " + command, "a ").getLast();
  }

  private static String append(ProofClient client, int octets) throws IOException {
    String message = "Subject: m\r\n\r\n" + "x".repeat(octets);
    return tagged(client, "APPEND INBOX {" + message.length() + "+}\r\n" + message);
  }

  /** The answer to MAIL FROM, or to the end of the data when that is accepted. */
  private static String mail(TestSuite suite) throws IOException {
    try (ProofClient client = connect(suite, Service.SMTP, "220")) {
      client.send("EHLO client.example.net", "250 ");
      String mail = client.send("MAIL FROM:<bob@example.net>", "").getLast();
      if (!mail.startsWith("250")) {
        return mail;
      }
      String rcpt = client.send("RCPT TO:<" + ALICE + ">", "").getLast();
      if (!rcpt.startsWith("250")) {
        return rcpt;
      }
      client.send("DATA", "354");
      return client.send("Subject: m\r\n\r\nm\r\n.", "").getLast();
    }
  }

  private static ProofClient pop3(TestSuite suite, String password) throws IOException {
    ProofClient client = connect(suite, Service.POP3, "+OK");
    client.send("USER " + ALICE, "+OK");
    client.send("PASS " + password, "+OK", "-ERR");
    return client;
  }

  private String status() {
    return TestSuite.command(data, "status");
  }

  @Test
  void onTheReserveNoMailIsTakenButWhatMakesRoomIsDone() throws Exception {
    try (SmallDisk disk = new SmallDisk(data, 32);
        TestSuite suite =
            new TestSuite(TestSuite.configuration(data, Map.of("storage.reserve", "16MB")))) {
      String password = TestSuite.addUser(data, ALICE);
      try (ProofClient imap = imap(suite, password)) {
        for (int i = 0; i < 5; i++) {
          assertThat(append(imap, 100)).startsWith("a OK");
        }
        assertThat(tagged(imap, "SELECT INBOX")).startsWith("a OK");
        disk.fill(8 << 20);
        await().atMost(PATIENCE).until(() -> status().contains("no mail is taken"));

        assertThat(mail(suite)).startsWith("452 4.3.1 ");
        assertThat(append(imap, 100)).startsWith("a NO [OVERQUOTA]");
        assertThat(tagged(imap, "COPY 1 Sent")).startsWith("a NO [OVERQUOTA]");
        assertThat(tagged(imap, "CREATE more")).startsWith("a NO [OVERQUOTA]");
        assertThat(tagged(imap, "STORE 1 +FLAGS (\\Deleted)")).startsWith("a OK");
        assertThat(tagged(imap, "EXPUNGE")).startsWith("a OK");
        assertThat(tagged(imap, "MOVE 1 Trash")).startsWith("a OK");
        assertThat(tagged(imap, "FETCH 1 BODY[]")).startsWith("a OK");
        try (ProofClient pop3 = pop3(suite, password)) {
          pop3.send("DELE 1", "+OK", "-ERR");
          pop3.send("QUIT", "+OK", "-ERR");
        }
        assertThat(tagged(imap, "STATUS INBOX (MESSAGES)")).startsWith("a OK");
        disk.empty();
        await().atMost(PATIENCE).until(() -> mail(suite).startsWith("250"));
        assertThat(append(imap, 100)).startsWith("a OK");
        // 5 and 2 came, 3 went
        assertThat(imap.send("a STATUS INBOX (MESSAGES)", "a OK"))
            .contains("* STATUS INBOX (MESSAGES 4)");
      }
      assertThat(TestSuite.command(data, "check")).startsWith("0 ");
    }
  }

  @Test
  void aCommitThatMeetsAFullDiskLosesNothing() throws Exception {
    try (SmallDisk disk = new SmallDisk(data, 24);
        TestSuite suite =
            new TestSuite(TestSuite.configuration(data, Map.of("storage.reserve", "0")))) {
      String password = TestSuite.addUser(data, ALICE);
      int acknowledged = 0;
      try (ProofClient imap = imap(suite, password);
          ProofClient other = imap(suite, password)) {
        disk.fill(3 << 20);
        String answer;
        while ((answer = append(imap, 200_000)).startsWith("a OK")) {
          acknowledged++;
        }
        assertThat(answer).startsWith("a NO [UNAVAILABLE]");
        assertThat(acknowledged).isPositive();
        assertFailed(suite, other);
        disk.empty();
        await()
            .atMost(PATIENCE)
            .until(() -> TestSuite.command(data, "status", "--quiet").startsWith("0 "));
        assertThat(other.expect("* BYE")).hasSize(1);
      }
      try (ProofClient imap = imap(suite, password)) {
        List<String> found = imap.send("a SELECT INBOX", "a OK", "a NO");
        assertThat(found)
            .containsAnyOf("* " + acknowledged + " EXISTS", "* " + (acknowledged + 1) + " EXISTS");
        assertThat(tagged(imap, "FETCH 1:* BODY.PEEK[]")).startsWith("a OK");
        assertThat(append(imap, 100)).startsWith("a OK");
      }
      assertThat(mail(suite)).startsWith("250");
      assertThat(TestSuite.command(data, "check")).startsWith("0 ");
    }
  }

  private void assertFailed(TestSuite suite, ProofClient imap) throws IOException {
    assertThat(tagged(imap, "SELECT INBOX")).startsWith("a NO [UNAVAILABLE]");
    assertThat(mail(suite)).startsWith("451 4.3.0 ");
    try (ProofClient pop3 = connect(suite, Service.POP3, "+OK")) {
      pop3.send("USER " + ALICE, "+OK");
      assertThat(pop3.send("PASS x", "").getLast()).startsWith("-ERR [SYS/TEMP]");
    }
    assertThat(TestSuite.command(data, "status", "--quiet")).startsWith("1 ");
    assertThat(TestSuite.command(data, "status", "--json")).contains("\"failed\"");
  }

  private TestSuite onto(PowerLossDisk disk) throws Exception {
    OrderedFilePath.register();
    Map<String, String> settings =
        Map.of(
            "storage.url",
            "h2:fs:" + OrderedFilePath.SCHEME + ":" + disk.path("mail"),
            "storage.cache-megabytes",
            "1");
    return new TestSuite(TestSuite.configuration(data, settings));
  }

  @ParameterizedTest
  @EnumSource(names = {"WRITE", "FORCE"})
  void afterAFailedWriteNothingIsDoneAnyMoreAndStatusSaysSo(Fault fault) throws Exception {
    try (PowerLossDisk disk = new PowerLossDisk(4096);
        TestSuite suite = onto(disk)) {
      String password = TestSuite.addUser(data, ALICE);
      try (ProofClient imap = imap(suite, password)) {
        disk.failAfter(fault, 0, 1);
        assertThat(append(imap, 100)).startsWith("a NO [UNAVAILABLE]");
        assertFailed(suite, imap);
        assertThat(tagged(imap, "NOOP")).startsWith("a OK");
      }
    }
  }

  @Test
  void aFailedReadIsRefusedAndTheServerGoesOn() throws Exception {
    try (PowerLossDisk disk = new PowerLossDisk(4096);
        TestSuite suite = onto(disk)) {
      String password = TestSuite.addUser(data, ALICE);
      try (ProofClient imap = imap(suite, password)) {
        for (int i = 0; i < 12; i++) { // more than the cache holds
          assertThat(append(imap, 120_000)).startsWith("a OK");
        }
        assertThat(tagged(imap, "SELECT INBOX")).startsWith("a OK");
        disk.failAfter(Fault.READ, 0, 1);
        assertThat(tagged(imap, "FETCH 1 BODY.PEEK[]"))
            .containsPattern("^a NO \\[(UNAVAILABLE|CORRUPTION)\\]");
        assertThat(disk.isBroken()).isTrue();
        disk.mend();
        assertThat(tagged(imap, "FETCH 2:* BODY.PEEK[]")).startsWith("a OK");
        assertThat(append(imap, 100)).startsWith("a OK");
      }
      assertThat(mail(suite)).startsWith("250");
      assertThat(TestSuite.command(data, "status", "--quiet")).startsWith("0 ");
    }
  }
}
