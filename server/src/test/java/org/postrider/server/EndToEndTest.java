package org.postrider.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import jakarta.mail.AuthenticationFailedException;
import jakarta.mail.Flags;
import jakarta.mail.Folder;
import jakarta.mail.Message;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.Store;
import jakarta.mail.Transport;
import jakarta.mail.event.MessageCountAdapter;
import jakarta.mail.event.MessageCountEvent;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.eclipse.angus.mail.imap.IMAPFolder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postrider.control.operation.Service;

/** The suite as a foreign mail client sees it. */
class EndToEndTest {
  private static final String ALICE = "alice@example.org";
  private static final String BOB = "bob@example.org";
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  @TempDir Path data;

  private TestSuite suite;
  private String alicesPassword;
  private String bobsPassword;

  @BeforeEach
  void start() throws Exception {
    suite = new TestSuite(data);
    alicesPassword = TestSuite.addUser(data, ALICE);
    bobsPassword = TestSuite.addUser(data, BOB);
  }

  @AfterEach
  void stop() {
    suite.close();
  }

  private Session session(String protocol, Service service) {
    Properties properties = new Properties();
    String prefix = "mail." + protocol + ".";
    properties.put(prefix + "host", "127.0.0.1");
    properties.put(prefix + "port", String.valueOf(suite.port(service)));
    properties.put(prefix + "ssl.trust", "*");
    properties.put(prefix + "ssl.checkserveridentity", "false");
    properties.put(prefix + "connectiontimeout", "10000");
    properties.put(prefix + "timeout", "20000");
    if (!service.implicitTls()) {
      properties.put(prefix + "starttls.enable", "true");
      properties.put(prefix + "starttls.required", "true");
    }
    properties.put(prefix + "auth", "true");
    return Session.getInstance(properties);
  }

  private void send(Service service, String subject) throws MessagingException {
    String protocol = service.implicitTls() ? "smtps" : "smtp";
    Session session = session(protocol, service);
    MimeMessage message = new MimeMessage(session);
    message.setFrom(new InternetAddress(ALICE));
    message.setRecipients(Message.RecipientType.TO, BOB);
    message.setSubject(subject, "UTF-8");
    message.setText("Gr\u00fc\u00dfe\n.\n..\nend\n", "UTF-8");
    message.saveChanges();
    try (Transport transport = session.getTransport(protocol)) {
      transport.connect(ALICE, alicesPassword);
      transport.sendMessage(message, message.getAllRecipients());
    }
  }

  private Store store(String protocol, Service service, String user, String password)
      throws MessagingException {
    Store store = session(protocol, service).getStore(protocol);
    store.connect(user, password);
    return store;
  }

  @ParameterizedTest
  @ValueSource(strings = {"SUBMISSION", "SMTPS"})
  void submittedMailIsReadByImapAndPop3(String by) throws Exception {
    send(Service.valueOf(by), "\u00dcber alles");
    for (Service service : List.of(Service.IMAP, Service.IMAPS)) {
      String protocol = service.implicitTls() ? "imaps" : "imap";
      try (Store store = store(protocol, service, BOB, bobsPassword);
          Folder inbox = store.getFolder("INBOX")) {
        inbox.open(Folder.READ_WRITE);
        assertMessage(inbox);
      }
    }
    for (Service service : List.of(Service.POP3, Service.POP3S)) {
      String protocol = service.implicitTls() ? "pop3s" : "pop3";
      try (Store store = store(protocol, service, BOB, bobsPassword);
          Folder inbox = store.getFolder("INBOX")) {
        inbox.open(Folder.READ_ONLY);
        assertMessage(inbox);
      }
    }
  }

  private static void assertMessage(Folder inbox) throws Exception {
    assertThat(inbox.getMessageCount()).isOne();
    Message message = inbox.getMessage(1);
    assertThat(message.getSubject()).isEqualTo("\u00dcber alles");
    assertThat(message.getFrom()[0]).hasToString(ALICE);
    assertThat(message.getHeader("Received")[0]).contains("mx.example.org");
    assertThat(((String) message.getContent()).replace("\r\n", "\n"))
        .isEqualTo("Gr\u00fc\u00dfe\n.\n..\nend\n");
  }

  @Test
  void idleHearsOfANewMessage() throws Exception {
    try (Store store = store("imap", Service.IMAP, BOB, bobsPassword);
        IMAPFolder inbox = (IMAPFolder) store.getFolder("INBOX")) {
      inbox.open(Folder.READ_ONLY);
      ConcurrentLinkedQueue<String> subjects = new ConcurrentLinkedQueue<>();
      inbox.addMessageCountListener(
          new MessageCountAdapter() {
            @Override
            public void messagesAdded(MessageCountEvent event) {
              subjects.add(event.getMessages().length + " new");
            }
          });
      Thread idle =
          Thread.ofVirtual()
              .start(() -> {
                try {
                  inbox.idle(true);
                } catch (MessagingException e) {
                  subjects.add(e.toString());
                }
              });
      await().atMost(PATIENCE).until(() -> suite.server().connections().get("imap") == 1);
      send(Service.SUBMISSION, "wake up");
      idle.join(PATIENCE);
      assertThat(subjects).containsExactly("1 new");
    }
  }

  @Test
  void foldersAndFlagsOfOneClientShowInTheOther() throws Exception {
    send(Service.SUBMISSION, "for the archive");
    try (Store one = store("imaps", Service.IMAPS, BOB, bobsPassword);
        Store two = store("imap", Service.IMAP, BOB, bobsPassword);
        Folder inbox = one.getFolder("INBOX")) {
      Folder projects = one.getFolder("Projects/\u00dcbersee");
      assertThat(projects.create(Folder.HOLDS_MESSAGES | Folder.HOLDS_FOLDERS)).isTrue();
      inbox.open(Folder.READ_WRITE);
      inbox.getMessage(1).setFlag(Flags.Flag.FLAGGED, true);
      inbox.copyMessages(inbox.getMessages(), projects);
      try (Folder seen = two.getFolder("Projects/\u00dcbersee")) {
        seen.open(Folder.READ_ONLY);
        assertThat(seen.getMessageCount()).isOne();
        assertThat(seen.getMessage(1).isSet(Flags.Flag.FLAGGED)).isTrue();
      }
    }
    assertThat(TestSuite.command(data, "folder", "list", BOB))
        .startsWith("0 ")
        .containsPattern("Projects/\u00dcbersee +1 +");
  }

  @Test
  void commandsTakeEffectWhileTheServerRuns() throws Exception {
    String password = TestSuite.addUser(data, "carol@example.net");
    store("imap", Service.IMAP, "carol@example.net", password).close();

    assertThat(TestSuite.command(data, "user", "disable", "carol@example.net")).startsWith("0 ");
    assertThatThrownBy(() -> store("imap", Service.IMAP, "carol@example.net", password))
        .isInstanceOf(AuthenticationFailedException.class);

    assertThat(TestSuite.command(data, "user", "enable", "carol@example.net")).startsWith("0 ");
    String changed = TestSuite.command(data, "user", "password", "--generate", "carol@example.net");
    assertThat(changed).startsWith("0 ");
    assertThatThrownBy(() -> store("pop3", Service.POP3, "carol@example.net", password))
        .isInstanceOf(AuthenticationFailedException.class);
    String next = changed.substring(changed.lastIndexOf(' ') + 1).strip();
    store("pop3", Service.POP3, "carol@example.net", next).close();

    assertThat(TestSuite.command(data, "status", "--quiet")).isEqualTo("0 ");
    assertThat(TestSuite.command(data, "status"))
        .contains("Running since")
        .containsPattern("imaps +127.0.0.1:\\d+ +0");
  }

  @Test
  void whatWasDoneWithoutServerIsThereWithIt() throws Exception {
    suite.close();
    String password = TestSuite.addUser(data, "dave@example.org");
    assertThat(TestSuite.command(data, "status")).contains("Not running");
    suite = new TestSuite(data);
    store("imaps", Service.IMAPS, "dave@example.org", password).close();
  }

  @Test
  void proof() throws Exception {
    List<String> lines = new ArrayList<>();
    new Proof(suite.server().addresses(), ALICE, BOB, bobsPassword).run(lines::add);
    assertThat(lines).hasSize(3).allMatch(line -> line.startsWith("\u2713"));
    assertThatThrownBy(
            () -> new Proof(suite.server().addresses(), ALICE, BOB, "wrong").run(lines::add))
        .hasMessageContaining("The proof failed at POP3: the server answered: -ERR");
  }

  @Test
  void aSecondServerIsRefusedInASentence() {
    assertThatThrownBy(() -> new TestSuite(data)).hasMessageContaining(data.toString());
    assertThat(TestSuite.command(data, "user", "list")).startsWith("0 ");
  }
}
