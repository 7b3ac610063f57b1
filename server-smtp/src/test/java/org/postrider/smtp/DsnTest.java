package org.postrider.smtp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postrider.storage.DeliveryQueue.Entry;
import org.postrider.storage.DeliveryQueue.Recipient;
import org.postrider.storage.QueueEntryId;

/**
 * What the sender hears of mail that was delivered here, and what goes on with mail that was not.
 */
final class DsnTest {
  private SmtpFixture fixture;

  @BeforeEach
  void start(@TempDir Path directory) throws IOException {
    fixture = SmtpFixture.start(directory);
  }

  @AfterEach
  void stop() {
    fixture.close();
  }

  private List<Entry> queue() {
    return fixture.store().queue().list(new QueueEntryId(0), 10);
  }

  /** Hands in a message from Alice; the recipients have their parameters with them. */
  private void send(String parameters, String... recipients) throws IOException {
    try (SmtpClient client = new SmtpClient(fixture, "submission")) {
      client.send("EHLO client.example");
      client.login("alice@example.org");
      assertThat(client.send("MAIL FROM:<alice@example.org>" + parameters)).startsWith("250 ");
      for (String recipient : recipients) {
        assertThat(client.send("RCPT TO:" + recipient)).startsWith("250 ");
      }
      assertThat(client.send("DATA")).startsWith("354 ");
      assertThat(client.send("Subject: told\r\n\r\nbody\r\n.")).startsWith("250 2.0.0 ");
    }
  }

  private List<String> reports() {
    return fixture.messages("alice@example.org", "INBOX").stream()
        .filter(message -> message.contains("multipart/report"))
        .toList();
  }

  @Test
  void successIsReportedForWhatWasDeliveredHereWhenItIsWanted() throws IOException {
    send(
        " RET=FULL ENVID=Q+2B1",
        "<bob@example.org> NOTIFY=SUCCESS,FAILURE ORCPT=rfc822;Robert+2Bx@old.example",
        "<jim@example.org>");
    assertThat(reports())
        .singleElement()
        .satisfies(report ->
            assertThat(report)
                .contains("From: Mail Delivery System <MAILER-DAEMON@mx.example.org>")
                .contains("Original-Envelope-Id: Q+1\r\n")
                .contains("Original-Recipient: rfc822;Robert+x@old.example\r\n")
                .contains("Final-Recipient: rfc822; bob@example.org\r\nAction: delivered\r\n")
                .contains("Status: 2.1.5\r\n")
                .as("a success brings the header alone")
                .contains("Content-Type: text/rfc822-headers", "Subject: told")
                .doesNotContain("body", "jim@example.org", "Return-Path: <alice"));
  }

  @Test
  void nothingIsReportedToNobodyAndWhereItIsNotWanted() throws IOException {
    send("", "<bob@example.org> NOTIFY=NEVER", "<jim@example.org> NOTIFY=FAILURE,DELAY");
    try (SmtpClient client = new SmtpClient(fixture, "mx")) {
      client.send("EHLO client.example");
      assertThat(client.send("MAIL FROM:<>")).startsWith("250 ");
      assertThat(client.send("RCPT TO:<bob@example.org> NOTIFY=SUCCESS")).startsWith("250 ");
      assertThat(client.send("DATA")).startsWith("354 ");
      assertThat(client.send("\r\n.")).startsWith("250 ");
    }
    assertThat(reports()).isEmpty();
    assertThat(queue()).isEmpty();
  }

  @Test
  void aGroupIsReportedAsExpandedAndItsMembersOnlyWhenTheyFail() throws IOException {
    fixture
        .store()
        .directory()
        .addAlias("all@example.org", List.of("bob@example.org", "c@remote.example"));
    send("", "<all@example.org> NOTIFY=SUCCESS", "<d@remote.example> NOTIFY=SUCCESS,DELAY");
    assertThat(reports())
        .singleElement()
        .satisfies(report ->
            assertThat(report)
                .contains("rfc822; all@example.org\r\nAction: expanded\r\n")
                .doesNotContain("bob@example.org"));
    assertThat(queue())
        .flatExtracting(Entry::recipients)
        .extracting(Recipient::address, Recipient::parameters)
        .containsExactlyInAnyOrder(
            tuple("c@remote.example", "NOTIFY=NEVER ORCPT=rfc822;all@example.org"),
            tuple("d@remote.example", "NOTIFY=SUCCESS,DELAY"));
  }

  @Test
  void whoIsAnAliasOfOneKeepsTheWishesOfTheSender() throws IOException {
    send(" RET=HDRS", "<outside@example.org> NOTIFY=SUCCESS");
    assertThat(reports()).as("told where it is delivered").isEmpty();
    Entry entry = queue().getFirst();
    assertThat(entry.envelopeOptions()).isEqualTo("RET=HDRS");
    assertThat(entry.recipients().getFirst().parameters())
        .isEqualTo("NOTIFY=SUCCESS ORCPT=rfc822;outside@example.org");
  }

  @Test
  void internationalizedMailIsReportedInItsOwnForm() throws IOException {
    send(
        " SMTPUTF8",
        "<jürgen@example.org> NOTIFY=SUCCESS ORCPT=utf-8;jürgen\\x{2B}x@älter.example");
    assertThat(reports())
        .singleElement()
        .satisfies(octets -> {
          String report =
              new String(octets.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
          assertThat(report)
              .contains("Content-Type: message/global-delivery-status")
              .contains("Content-Type: message/global-headers")
              .contains("Original-Recipient: utf-8;jürgen+x@älter.example\r\n")
              .contains("Final-Recipient: utf-8; jürgen@example.org\r\n");
        });
  }
}
