package org.postrider.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import jakarta.mail.Message;
import jakarta.mail.Session;
import jakarta.mail.Transport;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import java.io.ByteArrayInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postrider.control.operation.Service;
import org.postrider.server.config.Configuration;
import org.postrider.storage.Account;
import org.postrider.storage.MailboxId;
import org.postrider.storage.MessageEntry;
import org.postrider.storage.QueueEntryId;
import org.postrider.storage.Store;
import org.postrider.testkit.ZoneServer;
import org.xbill.DNS.Type;

/** Mail from {@code postrider try} to another server that a name server names. */
class OutwardTest {
  @TempDir Path directory;

  @Test
  void aMessageReachesTheMailHostOverTlsThatDaneVerifies() throws Exception {
    Path data = directory.resolve("remote");
    Path anchors = directory.resolve("anchors.zone");
    Map<String, String> more = Map.of("queue.send", "off");
    try (TestSuite remote = new TestSuite(TestSuite.configuration(data, more));
        ZoneServer dns = ZoneServer.start()) {
      TestSuite.addUser(data, "bob@remote.test");
      int port = remote.port(Service.SMTP);
      dns.sign("remote.test", anchors);
      dns.add("remote.test", Type.MX, "10 mail.remote.test.");
      dns.add("mail.remote.test", Type.A, "127.0.0.1");
      dns.add("_" + port + "._tcp.mail.remote.test", Type.TLSA, "3 0 1 " + digest(data));
      String resolver = "127.0.0.1:" + dns.address().getPort();
      Configuration configuration =
          TryCommand.configuration(
              directory.resolve("try"), 20_000, new TryCommand.Outward(resolver, port, anchors));
      try (MailServer server = MailServer.start(configuration, () -> configuration)) {
        TryCommand.prove(server, line -> {});
        send(server.addresses().get("submission").getPort());
        await()
            .atMost(Duration.ofSeconds(20))
            .until(() -> server.store().queue().list(new QueueEntryId(0), 10).isEmpty());
        Store store = remote.server().store();
        Account bob = store.directory().account("bob@remote.test").orElseThrow();
        MailboxId inbox = store.mailboxes().find(bob.id(), "INBOX").orElseThrow().id();
        List<MessageEntry> messages = new ArrayList<>();
        store.messages().scan(inbox, 1, Long.MAX_VALUE, messages::add);
        assertThat(messages).hasSize(1);
      }
    }
  }

  private static String digest(Path data) throws Exception {
    byte[] pem = Files.readAllBytes(data.resolve("certificate.pem"));
    byte[] encoded =
        CertificateFactory.getInstance("X.509")
            .generateCertificate(new ByteArrayInputStream(pem))
            .getEncoded();
    return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(encoded));
  }

  private static void send(int port) throws Exception {
    Properties properties = new Properties();
    properties.put("mail.smtp.host", "127.0.0.1");
    properties.put("mail.smtp.port", String.valueOf(port));
    properties.put("mail.smtp.auth", "true");
    Session session = Session.getInstance(properties);
    MimeMessage message = new MimeMessage(session);
    message.setFrom(new InternetAddress("alice@example.org"));
    message.setRecipients(Message.RecipientType.TO, "bob@remote.test");
    message.setText("out\n");
    message.saveChanges();
    try (Transport transport = session.getTransport("smtp")) {
      transport.connect("alice@example.org", "postrider");
      transport.sendMessage(message, message.getAllRecipients());
    }
  }
}
