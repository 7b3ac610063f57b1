package org.postrider.smtp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postrider.storage.DeliveryQueue.Entry;
import org.postrider.storage.DeliveryQueue.Recipient;
import org.postrider.storage.QueueEntryId;

/** Mail that its sender wants held, or hurried (RFC 4865, RFC 6710). */
final class WaitingMailTest {
  private SmtpFixture fixture;

  @BeforeEach
  void start(@TempDir Path directory) throws IOException {
    fixture = SmtpFixture.start(directory);
  }

  @AfterEach
  void stop() {
    fixture.close();
  }

  private void send(String parameters, String header, String... recipients) throws IOException {
    try (SmtpClient client = new SmtpClient(fixture, "submission")) {
      client.send("EHLO client.example");
      client.login("alice@example.org");
      assertThat(client.send("MAIL FROM:<alice@example.org>" + parameters)).startsWith("250 ");
      for (String recipient : recipients) {
        assertThat(client.send("RCPT TO:" + recipient)).startsWith("250 ");
      }
      assertThat(client.send("DATA")).startsWith("354 ");
      assertThat(client.send(header + "\r\nbody\r\n.")).startsWith("250 2.0.0 ");
    }
  }

  private List<Entry> queue() {
    return fixture.store().queue().list(new QueueEntryId(0), 10);
  }

  @Test
  void whatIsHeldWaitsForAllItsRecipients() throws IOException {
    fixture
        .store()
        .directory()
        .addAlias("all@example.org", List.of("jim@example.org", "x@remote.example"));
    long before = System.currentTimeMillis();
    send(
        " HOLDFOR=3600",
        "Subject: later\r\n",
        "<bob+lists@example.org> NOTIFY=SUCCESS",
        "<c@remote.example>",
        "<all@example.org>");
    assertThat(fixture.messages("bob@example.org", "INBOX")).isEmpty();
    // The group's members get a copy of their own.
    List<Entry> entries = queue();
    assertThat(entries)
        .hasSize(2)
        .allSatisfy(entry -> assertThat(entry.envelopeOptions()).startsWith("HOLDUNTIL=2"));
    List<Recipient> recipients =
        entries.stream().flatMap(entry -> entry.recipients().stream()).toList();
    assertThat(recipients)
        .extracting(Recipient::address, Recipient::parameters)
        .containsExactlyInAnyOrder(
            tuple("bob+lists@example.org", "NOTIFY=SUCCESS ORCPT=rfc822;bob+2Blists@example.org"),
            tuple("jim@example.org", ""),
            tuple("c@remote.example", ""),
            tuple("x@remote.example", ""));
    assertThat(recipients)
        .allSatisfy(recipient ->
            assertThat(recipient.nextAttempt()).isGreaterThanOrEqualTo(before + 3_600_000));
    assertThat(fixture.messages("alice@example.org", "INBOX")).as("no report yet").isEmpty();
  }

  @Test
  void aHoldThatIsOverIsNone() throws IOException {
    send(" HOLDFOR=0", "Subject: now\r\n", "<bob@example.org>");
    assertThat(fixture.messages("bob@example.org", "INBOX")).hasSize(1);
    assertThat(queue()).isEmpty();
  }

  @Test
  void thePriorityOrdersTheQueueAndIsWrittenIntoTheHeader() throws IOException {
    send("", "Subject: plain\r\n", "<c@remote.example>");
    send(" MT-PRIORITY=-2", "Subject: slow\r\n", "<c@remote.example>");
    send(
        " MT-PRIORITY=5",
        "Subject: fast\r\nMT-Priority: -9\r\n",
        "<bob@example.org>",
        "<c@remote.example>");
    send("", "Subject: told\r\nMT-Priority: 3\r\n", "<c@remote.example>");
    List<String> leased = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      fixture.store().queue().lease("me", Duration.ofHours(1), 1, List.of()).stream()
          .map(Entry::envelopeOptions)
          .forEach(leased::add);
    }
    assertThat(leased).containsExactly("MT-PRIORITY=5", "MT-PRIORITY=3", "", "MT-PRIORITY=-2");
    assertThat(fixture.messages("bob@example.org", "INBOX").getFirst())
        .contains("\r\n\tpriority 5", "\r\nMT-Priority: 5\r\n")
        .doesNotContain("-9");
  }
}
