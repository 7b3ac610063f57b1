package org.postrider.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import jakarta.mail.Message;
import jakarta.mail.Session;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.eclipse.angus.mail.smtp.SMTPTransport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postrider.control.operation.Service;
import org.postrider.server.config.Configuration;

/** What an administrator does with mail that waits, by the command line, while the server runs. */
class QueueAdministrationTest {
  private static final String ALICE = "alice@example.org";
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @TempDir Path temp;

  private Path data;
  private Configuration configuration;
  private TestSuite suite;
  private String password;

  /** Mail for others goes to a smarthost that is not there. */
  @BeforeEach
  void start() throws Exception {
    data = Files.createDirectory(temp.resolve("here"));
    configuration =
        TestSuite.configuration(
            data,
            Map.of(
                "queue.smarthost", "127.0.0.1:" + deadPort(), "queue.smarthost-security", "none"));
    suite = new TestSuite(configuration);
    password = TestSuite.addUser(data, ALICE);
  }

  @AfterEach
  void stop() {
    suite.close();
  }

  private static int deadPort() throws Exception {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private String postrider(String line) {
    return TestSuite.command(configuration, line.split(" "));
  }

  /** Submits a message and waits until it was tried; returns its number in the queue. */
  private String send(String to) throws Exception {
    submit(to);
    return await()
        .atMost(PATIENCE)
        .until(() -> number(postrider("queue list --recipient " + to)), id -> !id.isEmpty());
  }

  private void submit(String to) throws Exception {
    Properties properties = new Properties();
    properties.put("mail.smtps.ssl.trust", "*");
    properties.put("mail.smtps.ssl.checkserveridentity", "false");
    Session session = Session.getInstance(properties);
    MimeMessage message = new MimeMessage(session);
    message.setFrom(new InternetAddress(ALICE));
    message.setRecipients(Message.RecipientType.TO, to);
    message.setSubject("out");
    message.setText("out\n");
    message.saveChanges();
    try (SMTPTransport transport = (SMTPTransport) session.getTransport("smtps")) {
      transport.connect("127.0.0.1", suite.port(Service.SMTPS), ALICE, password);
      transport.sendMessage(message, message.getAllRecipients());
    }
  }

  private static String number(String list) {
    Matcher matcher = Pattern.compile("(?m)^ *(\\d+) .* waiting +1 +20").matcher(list);
    return matcher.find() ? matcher.group(1) : "";
  }

  private void awaitInQueue(String id, String text) {
    await().atMost(PATIENCE).until(() -> postrider("queue list --id " + id).contains(text));
  }

  @Test
  void mailIsListedShownHeldAndReleased() throws Exception {
    String id = send("bob@one.test");
    String other = send("bob@two.test");
    assertThat(postrider("queue list --domain one.test --sender " + ALICE))
        .startsWith("0 ")
        .containsPattern(id + " +20.* alice@example.org +bob@one.test +waiting +1 +20.*refused")
        .doesNotContain("two.test");
    assertThat(postrider("queue list --error REFUSED --since yesterday")).contains(id, other);
    assertThat(postrider("queue list --before yesterday")).isEqualTo("0 No mail is like that.\n");
    assertThat(postrider("queue list --dead")).isEqualTo("0 No mail is like that.\n");
    assertThat(postrider("queue show " + id))
        .startsWith("0 ")
        .contains("Sender   <alice@example.org>", ", by alice@example.org")
        .containsPattern("To       <bob@one.test>\n +waiting until 20")
        .containsPattern("20.* +no. 1 deferred +bob@one.test +- +- +127.0.0.1");
    assertThat(postrider("queue show " + id + " --json"))
        .startsWith("0 {")
        .containsPattern("\"account\" : \"alice@example.org\"")
        .containsPattern("\"attempt\" : 1,\\s+\"kind\" : \"deferred\"");
    assertThat(postrider("queue hold --id " + id)).isEqualTo("0 1 recipient changed.\n");
    assertThat(postrider("queue hold --sender " + ALICE))
        .isEqualTo("0 1 recipient changed, 1 left as they are: in another state, or just tried.\n");
    assertThat(postrider("queue release --domain two.test")).startsWith("0 1 recipient changed");
    awaitInQueue(other, "waiting      2");
    assertThat(postrider("queue show " + other))
        .containsPattern("20.* hold +bob@two.test|all .* administrator")
        .contains("no. 2 deferred");
    assertThat(postrider("queue cancel --id " + id)).startsWith("0 1 recipient changed");
    assertThat(postrider("queue show " + id))
        .startsWith("1 postrider: The message " + id + " has left the queue");
    assertThat(postrider("queue show 7"))
        .isEqualTo(
            "1 postrider: There is no message 7 in the queue: see `postrider queue list`.\n");
  }

  @Test
  void mailIsRoutedToAnotherHost() throws Exception {
    String id = send("bob@remote.test");
    Path there = Files.createDirectory(temp.resolve("there"));
    try (TestSuite remote = new TestSuite(there)) {
      TestSuite.addUser(there, "bob@remote.test");
      int port = remote.port(Service.SMTP);
      assertThat(postrider("queue route --id " + id + " --by 127.0.0.1:" + port))
          .isEqualTo("0 1 recipient changed.\n");
      await().atMost(PATIENCE).until(() -> postrider("queue list").contains("Nothing waits"));
      assertThat(TestSuite.command(there, "message", "list", "bob@remote.test"))
          .contains("1 messages in INBOX");
      String life = postrider("trace " + id);
      assertThat(life)
          .startsWith("0 20")
          .containsPattern(
              "accepted from \\[127.0.0.1] \\(\\S+\\) with ESMTPSA TLSv1.3 \\S+, user"
                  + " alice@example.org")
          .contains("  queued as " + id)
          .containsPattern("no. 1 deferred +bob@remote.test +- +-")
          .containsPattern("route +all +- +- +administrator: 127.0.0.1:" + port)
          .containsPattern(
              "no. 2 sent +bob@remote.test +127.0.0.1 +TLSv1.3 \\S+ +250 2.0.0 Ok, id ");
      String told = after(life, "Ok, id ");
      assertThat(TestSuite.command(there, "trace", told))
          .startsWith("0 20")
          .contains("id " + told)
          .contains("filed for bob@remote.test: INBOX of bob@remote.test, UID 1");
      assertThat(postrider("trace " + after(life, "  id ").replace(",", ""))).isEqualTo(life);
      assertThat(postrider("trace " + after(life, "Message-ID "))).isEqualTo(life);
      assertThat(postrider("trace <other@example.org>"))
          .startsWith("1 postrider: The audit log knows no message <other@example.org>, or not");
    }
  }

  private static String after(String text, String label) {
    int start = text.indexOf(label) + label.length();
    return text.substring(start).split("\\s", 2)[0];
  }

  @Test
  void whatIsSubmittedCanBeTakenBackForAWhile() throws Exception {
    suite.close();
    configuration = TestSuite.configuration(data, Map.of("queue.hold-seconds", "3600"));
    suite = new TestSuite(configuration);
    submit("bob@remote.test");
    submit(ALICE);
    assertThat(postrider("queue list"))
        .as("also what stays here")
        .containsPattern("bob@remote.test +waiting +0 +20")
        .containsPattern("alice@example.org +alice@example.org +waiting +0 +20");
    assertThat(postrider("queue cancel --recipient bob@remote.test")).startsWith("0 1 recipient");
    assertThat(postrider("queue retry --recipient " + ALICE)).startsWith("0 1 recipient");
    await().atMost(PATIENCE).until(() -> postrider("queue list").contains("Nothing waits"));
    assertThat(postrider("message list " + ALICE)).contains("1 messages in INBOX");
  }

  @Test
  void mailIsGivenBackToItsSender() throws Exception {
    String id = send("bob@remote.test");
    assertThat(postrider("queue bounce --id " + id + " --reason Misspelt"))
        .isEqualTo("0 1 recipient changed.\n");
    await().atMost(PATIENCE).until(() -> postrider("queue list").contains("Nothing waits"));
    assertThat(postrider("message list " + ALICE))
        .contains("1 messages in INBOX")
        .contains("could not be delivered");
    assertThat(postrider("trace " + id))
        .containsPattern("no. 2 failed +bob@remote.test +- +- +Misspelt")
        .contains("reported to its sender:")
        .contains("filed for alice@example.org: INBOX of alice@example.org, UID 1");
  }
}
