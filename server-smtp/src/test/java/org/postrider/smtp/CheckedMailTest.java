package org.postrider.smtp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postrider.smtp.SmtpSettings.Role;
import org.postrider.smtp.check.CheckLimits;
import org.postrider.smtp.check.CheckLimits.OnFailure;
import org.postrider.smtp.check.CheckSettings;
import org.postrider.smtp.check.PeerScript;
import org.postrider.storage.DeliveryQueue;
import org.postrider.storage.DeliveryQueue.State;
import org.postrider.storage.QueueEntryId;

/** What becomes of mail that a check has something to say about; the check is a scripted milter. */
class CheckedMailTest {
  private final BlockingQueue<String> bodies = new LinkedBlockingQueue<>();
  private SmtpFixture fixture;
  private PeerScript milter;

  @BeforeEach
  void start(@TempDir Path directory) throws IOException {
    fixture = SmtpFixture.start(directory);
  }

  @AfterEach
  void stop() throws IOException {
    fixture.close();
    milter.close();
  }

  /** A milter that hears the body without answering, and says this at its end. */
  private void milterSays(String... packets) throws IOException {
    milter = new PeerScript((in, out) -> filter(in, out, packets));
    CheckLimits limits = new CheckLimits(Duration.ofSeconds(10), 5, OnFailure.DEFER);
    CheckSettings settings =
        new CheckSettings(null, null, List.of(new CheckSettings.Milter(milter.address(), limits)));
    for (Role role : Role.values()) {
      fixture.serve("checked-" + role, role, settings.checks());
    }
  }

  private void filter(DataInputStream in, DataOutputStream out, String... packets)
      throws IOException {
    in.readNBytes(in.readInt());
    out.writeInt(13);
    out.writeByte('O');
    out.writeInt(6);
    out.writeInt(0x3d);
    out.writeInt(0x6f | 0x200 | 0x80000);
    out.flush();
    StringBuilder body = new StringBuilder();
    for (byte[] packet = in.readNBytes(in.readInt());
        packet[0] != 'E';
        packet = in.readNBytes(in.readInt())) {
      if (packet[0] == 'B') {
        body.append(new String(packet, 1, packet.length - 1, StandardCharsets.UTF_8));
      }
    }
    bodies.add(body.toString());
    for (String packet : packets) {
      byte[] octets = packet.replace('|', '\0').getBytes(StandardCharsets.UTF_8);
      out.writeInt(octets.length);
      out.write(octets);
    }
  }

  private SmtpClient client(Role role) throws IOException {
    SmtpClient client = new SmtpClient(fixture, "checked-" + role);
    assertThat(client.send((role == Role.LMTP ? "LHLO" : "EHLO") + " client.example"))
        .startsWith("250 ");
    return client;
  }

  private static String body(String message) {
    return message.substring(message.indexOf("\r\n\r\n") + 4);
  }

  private List<DeliveryQueue.Entry> queue() {
    return fixture.store().queue().list(new QueueEntryId(0), 10);
  }

  @Test
  void headerChangesAreStored() throws IOException {
    milterSays("i\0\0\0\0X-Checked|yes|", "m\0\0\0\1Subject|new|", "hX-Last|end|", "c");
    try (SmtpClient client = client(Role.MX)) {
      client.mail(
          "<a@remote.example>",
          "Subject: old\nX-Y: z\n\nHello\n",
          "alice@example.org",
          "bob@example.org");
    }
    for (String login : List.of("alice@example.org", "bob@example.org")) {
      assertThat(fixture.messages(login, "INBOX"))
          .singleElement()
          .satisfies(message ->
              assertThat(message)
                  .startsWith("Return-Path: <a@remote.example>\r\nDelivery-Date: ")
                  .contains(
                      "+0000\r\n"
                          + "X-Checked: yes\r\n"
                          + "Subject: new\r\n"
                          + "X-Y: z\r\n"
                          + "X-Last: end\r\n\r\n"
                          + "Hello\r\n"));
    }
    assertThat(bodies).containsExactly("Hello\r\n");
  }

  /** Most of it went ahead into the store before the check is asked. */
  @Test
  void longMessagesAreCheckedAndChangedWhole() throws IOException {
    milterSays("hX-Checked|yes|", "c");
    String line = "0123456789".repeat(7) + "\n";
    String text = line.repeat(5_000_000 / line.length());
    try (SmtpClient client = client(Role.MX)) {
      client.mail("<a@remote.example>", "Subject: long\n\n" + text, "alice@example.org");
    }
    String expected = text.replace("\n", "\r\n");
    assertThat(bodies.remove().equals(expected)).isTrue();
    String stored = fixture.messages("alice@example.org", "INBOX").getFirst();
    assertThat(body(stored).equals(expected)).isTrue();
    assertThat(stored).contains("Subject: long\r\nX-Checked: yes\r\n\r\n");
  }

  /** The fields that submission adds are seen by the check, and kept. */
  @Test
  void submittedMailHasItsFields() throws IOException {
    milterSays("hX-Checked|yes|", "c");
    try (SmtpClient client = client(Role.SUBMISSION)) {
      client.login("alice@example.org");
      client.mail("<alice@example.org>", "Subject: x\n\nHello\n", "bob@example.org");
    }
    assertThat(fixture.messages("bob@example.org", "INBOX").getFirst())
        .contains("\r\nDate: ")
        .contains("\r\nMessage-ID: <")
        .endsWith("Subject: x\r\nX-Checked: yes\r\n\r\nHello\r\n");
  }

  @Test
  void recipientsAreAddedAndRemoved() throws IOException {
    milterSays("-<bob@example.org>|", "+<jim@example.org>|", "+<x@remote.example>|", "+<?>|", "c");
    try (SmtpClient client = client(Role.MX)) {
      client.mail(
          "<a@remote.example>", "Subject: x\n\nHello\n", "alice@example.org", "bob@example.org");
    }
    assertThat(fixture.messages("alice@example.org", "INBOX")).hasSize(1);
    assertThat(fixture.messages("bob@example.org", "INBOX")).isEmpty();
    assertThat(fixture.messages("jim@example.org", "INBOX")).hasSize(1);
    assertThat(queue().getFirst().recipients().getFirst().address()).isEqualTo("x@remote.example");
  }

  @Test
  void quarantineIsJunkHereAndHeldElsewhere() throws IOException {
    milterSays("qlooks odd|", "c");
    try (SmtpClient client = client(Role.SUBMISSION)) {
      client.login("alice@example.org");
      client.mail(
          "<alice@example.org>", "Subject: x\n\nHello\n", "bob@example.org", "x@remote.example");
    }
    assertThat(fixture.messages("bob@example.org", "INBOX")).isEmpty();
    assertThat(fixture.messages("bob@example.org", "Junk")).hasSize(1);
    assertThat(queue().getFirst().recipients().getFirst().state()).isEqualTo(State.HELD);
  }

  @Test
  void whatIsDiscardedIsNowhere() throws IOException {
    milterSays("d");
    try (SmtpClient client = client(Role.MX)) {
      client.mail("<a@remote.example>", "Subject: x\n\nHello\n", "alice@example.org");
    }
    assertThat(fixture.messages("alice@example.org", "INBOX")).isEmpty();
  }

  @Test
  void aRefusalIsForEachRecipientOfLmtp() throws IOException {
    milterSays("y550 5.7.1 No thanks|");
    try (SmtpClient client = client(Role.LMTP)) {
      client.send("MAIL FROM:<a@remote.example>");
      client.send("RCPT TO:<alice@example.org>");
      client.send("RCPT TO:<bob@example.org>");
      client.send("DATA");
      assertThat(client.send("Subject: x\r\n\r\n.")).isEqualTo("550 5.7.1 No thanks");
      assertThat(client.reply()).isEqualTo("550 5.7.1 No thanks");
    }
  }
}
