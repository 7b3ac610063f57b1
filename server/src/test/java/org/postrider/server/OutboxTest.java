package org.postrider.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postrider.control.operation.Service;
import org.postrider.server.config.Configuration;

/** A user sends by SMTP, and takes back by IMAP what was not sent yet. */
class OutboxTest {
  private static final String ALICE = "alice@example.org";
  private static final String BOB = "bob@remote.test";
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @TempDir Path temp;

  private TestSuite remote;
  private TestSuite suite;
  private Configuration configuration;
  private String password;

  /** All mail goes to another server, which has Bob. */
  @BeforeEach
  void start() throws Exception {
    Path there = Files.createDirectory(temp.resolve("there"));
    remote = new TestSuite(there);
    TestSuite.addUser(there, BOB);
    Path here = Files.createDirectory(temp.resolve("here"));
    configuration =
        TestSuite.configuration(
            here,
            Map.of(
                "imap.outbox", "on",
                "queue.smarthost", "127.0.0.1:" + remote.port(Service.SMTP),
                "queue.smarthost-security", "none"));
    suite = new TestSuite(configuration);
    password = TestSuite.addUser(here, ALICE);
  }

  @AfterEach
  void stop() {
    suite.close();
    remote.close();
  }

  private String postrider(String line) {
    return TestSuite.command(configuration, line.split(" "));
  }

  private ProofClient connect(Service service) throws IOException {
    return new ProofClient(
        new InetSocketAddress(InetAddress.getLoopbackAddress(), suite.port(service)));
  }

  private void submit(String subject) throws IOException {
    try (ProofClient client = connect(Service.SUBMISSION)) {
      client.expect("220");
      client.send("EHLO client.example.net", "250 ");
      byte[] plain = ("\0" + ALICE + "\0" + password).getBytes(StandardCharsets.UTF_8);
      client.send("AUTH PLAIN " + Base64.getEncoder().encodeToString(plain), "235");
      client.send("MAIL FROM:<" + ALICE + ">", "250", "4", "5");
      client.send("RCPT TO:<" + BOB + ">", "250", "4", "5");
      client.send("DATA", "354", "4", "5");
      client.send("Subject: " + subject + "\r\n\r\n" + subject + "\r\n.", "250", "4", "5");
    }
  }

  private ProofClient imap() throws IOException {
    ProofClient client = connect(Service.IMAP);
    client.expect("* OK");
    client.send("a LOGIN " + ALICE + " " + password, "a OK", "a NO");
    return client;
  }

  @Test
  void whatIsHeldForItsUserIsTakenBackOrSent() throws Exception {
    assertThat(postrider("user set " + ALICE + " --hold-seconds 3600")).startsWith("0 ");
    submit("first");
    submit("second");
    try (ProofClient imap = imap();
        ProofClient other = imap()) {
      other.send("a SELECT Outbox", "a OK", "a NO");
      other.send("a IDLE", "+ ");
      assertThat(imap.send("a SELECT Outbox", "a OK", "a NO")).contains("* 2 EXISTS");
      assertThat(imap.send("a FETCH 1 BODY.PEEK[HEADER.FIELDS (SUBJECT)]", "a OK", "a NO"))
          .contains("Subject: first");
      imap.send("a UID MOVE 1 Drafts", "a OK", "a NO");
      assertThat(other.expect("* 1 EXPUNGE")).hasSize(1);
      assertThat(imap.send("a STATUS Drafts (MESSAGES)", "a OK"))
          .contains("* STATUS Drafts (MESSAGES 1)");
      List<String> left = postrider("queue list").lines().filter(l -> l.contains(BOB)).toList();
      assertThat(left).hasSize(1);
      String id = left.getFirst().strip().split(" ")[0];
      assertThat(postrider("queue retry --id " + id)).startsWith("0 1 recipient");
      assertThat(other.expect("* 1 EXPUNGE")).as("when it was delivered").contains("* 1 EXPUNGE");
    }
    awaitDelivered(1);
    assertThat(postrider("user set " + ALICE + " --hold-seconds default")).startsWith("0 ");
    submit("at once");
    awaitDelivered(2);
    assertThat(postrider("check")).startsWith("0 ");
  }

  private void awaitDelivered(int messages) {
    await()
        .atMost(PATIENCE)
        .until(() ->
            TestSuite.command(temp.resolve("there"), "message", "list", BOB)
                .contains(messages + " messages in INBOX"));
    await().atMost(PATIENCE).until(() -> postrider("queue list").contains("Nothing waits"));
    assertThat(postrider("message list " + ALICE + " --folder Outbox")).contains("0 messages");
  }
}
