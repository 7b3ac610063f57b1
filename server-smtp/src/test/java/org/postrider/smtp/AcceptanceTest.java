package org.postrider.smtp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postrider.storage.AccountId;
import org.postrider.storage.DeliveryQueue;
import org.postrider.storage.QueueEntryId;

/** What lies in the store after a 250. */
final class AcceptanceTest {
  private static final String DATE = "\\w{3}, \\d{1,2} \\w{3} \\d{4} \\d\\d:\\d\\d:\\d\\d \\+0000";

  private SmtpFixture fixture;

  @BeforeEach
  void start(@TempDir Path directory) throws IOException {
    fixture = SmtpFixture.start(directory);
  }

  @AfterEach
  void stop() {
    fixture.close();
  }

  private static String lines(String text) {
    return text.replace("\r\n", "\n");
  }

  private List<DeliveryQueue.Entry> queue() {
    return fixture.store().queue().list(new QueueEntryId(0), 10);
  }

  /** RFC 2033: what fills up between RCPT and the end of the data is no matter of the others. */
  @Test
  void lmtpRepliesForEachRecipient() throws IOException {
    AccountId bob = fixture.store().directory().account("bob@example.org").orElseThrow().id();
    try (SmtpClient client = new SmtpClient(fixture, "lmtp")) {
      assertThat(client.send("LHLO front.example")).startsWith("250 ");
      assertThat(client.send("MAIL FROM:<a@remote.example>")).startsWith("250 ");
      for (String recipient : List.of("alice", "bob", "jim")) {
        assertThat(client.send("RCPT TO:<" + recipient + "@example.org>")).startsWith("250 ");
      }
      fixture.store().directory().setQuota(bob, 100, 0);
      assertThat(client.send("DATA")).startsWith("354 ");
      assertThat(client.send("Subject: x\r\n\r\n" + "x".repeat(100) + "\r\n.")).startsWith("250 ");
      assertThat(client.reply()).startsWith("452 4.2.2 ");
      assertThat(client.reply()).startsWith("250 2.0.0 ");
      assertThat(client.send("MAIL FROM:<a@remote.example>")).startsWith("250 ");
      assertThat(client.send("RCPT TO:<jim@example.org>")).startsWith("250 ");
      fixture
          .store()
          .directory()
          .setQuota(
              fixture.store().directory().account("jim@example.org").orElseThrow().id(), 1, 0);
      assertThat(client.send("DATA")).startsWith("354 ");
      assertThat(client.send("Subject: y\r\n\r\n.")).startsWith("452 4.2.2 ");
    }
    assertThat(fixture.messages("bob@example.org", "INBOX")).isEmpty();
    assertThat(fixture.messages("jim@example.org", "INBOX"))
        .singleElement()
        .satisfies(message -> assertThat(message).contains("with LMTP id "));
  }

  @Test
  void writesTraceFieldsAboveTheMessage() throws IOException {
    try (SmtpClient client = new SmtpClient(fixture, "mx")) {
      assertThat(client.send("EHLO client.example")).startsWith("250 ");
      client.mail("<a@remote.example>", "Subject: x\n\nHello\n..dot\n", "alice@example.org");
    }
    assertThat(fixture.messages("alice@example.org", "INBOX"))
        .singleElement()
        .satisfies(message ->
            assertThat(lines(message))
                .matches(
                    "Return-Path: <a@remote.example>\n"
                        + "Delivery-Date: "
                        + DATE
                        + "\n"
                        + "Received: from client.example \\(\\[127\\.0\\.0\\.1\\]\\)\n"
                        + "\tby mx\\.example\\.org with ESMTP id [-\\w]+\n"
                        + "\tfor <alice@example\\.org>;\n"
                        + "\t"
                        + DATE
                        + "\n"
                        + "Subject: x\n\nHello\n\\.dot\n"));
  }

  @Test
  void keepsRecipientsFromOneAnotherAndTheBytesTheSame() throws IOException {
    try (SmtpClient client = new SmtpClient(fixture, "mx")) {
      assertThat(client.send("HELO client.example")).startsWith("250 ");
      client.mail(
          "<>", "Subject: x\n\n", "alice@example.org", "bob@example.org", "jim@example.org");
    }
    List<String> alice = fixture.messages("alice@example.org", "INBOX");
    assertThat(alice).hasSize(1);
    assertThat(alice.getFirst())
        .startsWith("Return-Path: <>\r\n")
        .contains(" with SMTP id ")
        .doesNotContain("for <")
        .doesNotContain("bob@");
    assertThat(fixture.messages("bob@example.org", "INBOX")).isEqualTo(alice);
    assertThat(fixture.messages("jim@example.org", "INBOX")).isEqualTo(alice);
    assertThat(queue()).isEmpty();
  }

  @Test
  void removesForeignReturnPaths() throws IOException {
    try (SmtpClient client = new SmtpClient(fixture, "mx")) {
      assertThat(client.send("HELO client.example")).startsWith("250 ");
      client.mail(
          "<a@remote.example>",
          "Return-Path: <x@y>\nSubject: x\nreturn-path:\n <folded@y>\nTo: y\n\nReturn-Path: b\n",
          "alice@example.org");
    }
    String message = lines(fixture.messages("alice@example.org", "INBOX").getFirst());
    assertThat(message)
        .startsWith("Return-Path: <a@remote.example>\n")
        .endsWith("\nSubject: x\nTo: y\n\nReturn-Path: b\n")
        .doesNotContain("<x@y>")
        .doesNotContain("folded");
  }

  @Test
  void separatesHeaderAndBodyWhereTheEmptyLineIsMissing() throws IOException {
    try (SmtpClient client = new SmtpClient(fixture, "mx")) {
      assertThat(client.send("HELO client.example")).startsWith("250 ");
      client.mail("<>", "Subject: x\nhello world\n", "alice@example.org");
      client.mail("<>", "hello world\n", "alice@example.org");
      client.mail("<>", "", "alice@example.org");
    }
    List<String> messages = fixture.messages("alice@example.org", "INBOX");
    assertThat(lines(messages.get(0))).endsWith("0000\nSubject: x\n\nhello world\n");
    assertThat(lines(messages.get(1))).endsWith("0000\n\nhello world\n");
    assertThat(lines(messages.get(2))).endsWith("0000\n");
  }

  @Test
  void filesDetailIntoTheMailboxOfThatName() throws IOException {
    AccountId alice = fixture.store().directory().account("alice@example.org").orElseThrow().id();
    fixture.store().mailboxes().create(alice, "Lists/Java", null);
    try (SmtpClient client = new SmtpClient(fixture, "mx")) {
      assertThat(client.send("HELO client.example")).startsWith("250 ");
      client.mail("<>", "Subject: archive\n\n", "alice+archive@example.org");
      client.mail("<>", "Subject: java\n\n", "alice+lists/java@example.org");
      client.mail("<>", "Subject: none\n\n", "alice+nowhere@example.org");
      client.mail("<>", "Subject: twice\n\n", "alice@example.org", "alice+x@example.org");
      client.mail("<>", "Subject: all\n\n", "anyone@example.net");
    }
    assertThat(fixture.messages("alice@example.org", "Archive")).hasSize(1);
    assertThat(fixture.messages("alice@example.org", "Lists/Java")).hasSize(1);
    assertThat(fixture.messages("alice@example.org", "INBOX")).hasSize(2);
    assertThat(fixture.messages("bob@example.org", "INBOX")).hasSize(1);
  }

  @Test
  void queuesWhatGoesOutside() throws IOException {
    try (SmtpClient client = new SmtpClient(fixture, "submission")) {
      assertThat(client.send("EHLO client.example")).startsWith("250 ");
      client.login("alice@example.org");
      client.mail(
          "<alice@example.org> BODY=8BITMIME SMTPUTF8 SIZE=100",
          "From: alice@example.org\nReturn-Path: <x@y>\n\nHi\n",
          "one@remote.example",
          "two@remote.example",
          "bob@example.org");
      client.mail(
          "<alice@example.org>", "Date: then\nMessage-ID: <1@x>\n\n", "outside@example.org");
    }
    List<DeliveryQueue.Entry> entries = queue();
    assertThat(entries).hasSize(2);
    assertThat(entries.get(0).reversePath()).isEqualTo("alice@example.org");
    assertThat(entries.get(0).envelopeOptions()).isEqualTo("BODY=8BITMIME SMTPUTF8");
    assertThat(entries.get(0).recipients().stream().map(DeliveryQueue.Recipient::address))
        .containsExactlyInAnyOrder("one@remote.example", "two@remote.example");
    assertThat(entries.get(1).recipients().getFirst().address())
        .isEqualTo("someone@remote.example");
    // RFC 6409 §8: what is missing is added
    String bob = lines(fixture.messages("bob@example.org", "INBOX").getFirst());
    assertThat(bob)
        .containsPattern("\nReceived: from client\\.example [^;]* with UTF8SMTPA id ")
        .containsPattern("\nDate: " + DATE + "\nMessage-ID: <[\\w.]+@mx\\.example\\.org>\nFrom: ")
        .doesNotContain("<x@y>");
    String out =
        new String(
            fixture.store().contents().header(entries.get(1).content()),
            StandardCharsets.ISO_8859_1);
    assertThat(lines(out))
        .startsWith("Received: ")
        .containsOnlyOnce("Date: ")
        .containsOnlyOnce("Message-ID: ");
  }

  @Test
  void endsAMessageOfChunksWithALineEnd() throws IOException {
    try (SmtpClient client = new SmtpClient(fixture, "mx")) {
      assertThat(client.send("EHLO client.example")).startsWith("250 ");
      assertThat(client.send("MAIL FROM:<>")).startsWith("250 ");
      assertThat(client.send("RCPT TO:<alice@example.org>")).startsWith("250 ");
      client.write("BDAT 14\r\nSubject: x\r\n\r\n");
      assertThat(client.reply()).startsWith("250 ");
      client.write("BDAT 7 LAST\r\n.\r\n.end");
      assertThat(client.reply()).startsWith("250 ");
    }
    assertThat(fixture.messages("alice@example.org", "INBOX").getFirst())
        .endsWith("Subject: x\r\n\r\n.\r\n.end\r\n");
  }

  @Test
  void takesLargeMessagesByteForByte() throws IOException {
    StringBuilder body = new StringBuilder();
    for (int i = 0; i < 60_000; i++) {
      body.append(i).append(" a line of a large message, with its number in front\n");
    }
    try (SmtpClient client = new SmtpClient(fixture, "mx")) {
      assertThat(client.send("HELO client.example")).startsWith("250 ");
      client.mail("<>", "Subject: large\n\n" + body, "alice@example.org");
    }
    String message = lines(fixture.messages("alice@example.org", "INBOX").getFirst());
    assertThat(message.substring(message.indexOf("\n\n") + 2)).isEqualTo(body.toString());
  }

  @Test
  void answersFullMailboxesAtTheEndOfTheDataToo() throws IOException {
    AccountId jim = fixture.store().directory().account("jim@example.org").orElseThrow().id();
    fixture.store().directory().setQuota(jim, 1000, 0);
    try (SmtpClient client = new SmtpClient(fixture, "mx")) {
      assertThat(client.send("HELO client.example")).startsWith("250 ");
      assertThat(client.send("MAIL FROM:<>")).startsWith("250 ");
      assertThat(client.send("RCPT TO:<jim@example.org>")).startsWith("250 ");
      assertThat(client.send("RCPT TO:<bob@example.org>")).startsWith("250 ");
      assertThat(client.send("DATA")).startsWith("354 ");
      assertThat(client.send("Subject: x\r\n\r\n" + "x".repeat(2000) + "\r\n."))
          .startsWith("452 4.2.2 ");
    }
    assertThat(fixture.messages("jim@example.org", "INBOX")).isEmpty();
    assertThat(fixture.messages("bob@example.org", "INBOX")).isEmpty();
  }

  @Test
  void saysGoodbyeWhenTheServerStops() throws IOException {
    try (SmtpClient client = new SmtpClient(fixture, "mx")) {
      assertThat(client.send("EHLO client.example")).startsWith("250 ");
      fixture.stopServers();
      assertThat(client.reply()).startsWith("421 4.3.2 ");
    }
  }

  @Test
  void anAccountThatIsClosedSendsNoMore() throws IOException {
    try (SmtpClient client = new SmtpClient(fixture, "submission")) {
      assertThat(client.send("EHLO client.example")).startsWith("250 ");
      client.login("alice@example.org");
      client.mail("<alice@example.org>", "Subject: a\n\nb\n", "bob@example.org");
      var directory = fixture.store().directory();
      directory.setEnabled(directory.account("alice@example.org").orElseThrow().id(), false);
      assertThat(client.send("MAIL FROM:<alice@example.org>")).startsWith("525 5.7.13 ");
    }
  }
}
