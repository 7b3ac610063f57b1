package org.postrider.smtp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postrider.storage.Alias.Posting;
import org.postrider.storage.DeliveryQueue;
import org.postrider.storage.Directory;
import org.postrider.storage.QueueEntryId;

/** Mailing lists: who gets what from whom, and who may write. */
class GroupTest {
  private static final String LIST = "list@example.org";

  private SmtpFixture fixture;
  private Directory directory;

  @BeforeEach
  void start(@TempDir Path temp) throws IOException {
    fixture = SmtpFixture.start(temp);
    directory = fixture.store().directory();
    directory.addAlias(LIST, List.of("alice@example.org", "bob@example.org"));
    directory.addAlias("owner-list@example.org", List.of("jim@example.org"));
  }

  @AfterEach
  void stop() {
    fixture.close();
  }

  private void mail(String sender, String content, String... recipients) throws IOException {
    try (SmtpClient client = new SmtpClient(fixture, "mx")) {
      client.send("EHLO client.example");
      client.mail("<" + sender + ">", content, recipients);
    }
  }

  private String post(String listener, String login, String sender) throws IOException {
    try (SmtpClient client = new SmtpClient(fixture, listener)) {
      client.send((listener.equals("lmtp") ? "LHLO" : "EHLO") + " client.example");
      if (!login.isEmpty()) {
        client.login(login);
      }
      client.send("MAIL FROM:<" + sender + ">");
      return client.send("RCPT TO:<" + LIST + ">");
    }
  }

  private String only(String login) {
    List<String> messages = fixture.messages(login, "INBOX");
    assertThat(messages).hasSize(1);
    return messages.getFirst();
  }

  private List<DeliveryQueue.Entry> queue() {
    return fixture.store().queue().list(new QueueEntryId(0), 10);
  }

  @Test
  void membersGetItFromTheOwnerAsListMail() throws IOException {
    mail(
        "a@remote.example",
        "List-Id: <other.example>\nSubject: x\nPrecedence: bulk\n\nHello\n",
        LIST);
    for (String login : List.of("alice@example.org", "bob@example.org")) {
      assertThat(only(login))
          .startsWith("Return-Path: <owner-list@example.org>\r\n")
          .contains("\r\nList-Id: <list.example.org>\r\n")
          .contains("\r\nList-Post: <mailto:list@example.org>\r\n")
          .contains("\r\nPrecedence: list\r\n")
          .doesNotContain("other.example")
          .doesNotContain("bulk")
          .endsWith("\r\nSubject: x\r\n\r\nHello\r\n");
    }
    assertThat(fixture.messages("jim@example.org", "INBOX")).isEmpty();
  }

  /** Who was addressed himself gets the message itself, and once. */
  @Test
  void whoWasAddressedGetsTheMessageItself() throws IOException {
    directory.addAlias("other@example.org", List.of("bob@example.org", "jürgen@example.org"));
    mail(
        "a@remote.example",
        "Subject: x\n\nHello\n",
        LIST,
        "alice@example.org",
        "other@example.org");
    assertThat(only("alice@example.org"))
        .startsWith("Return-Path: <a@remote.example>\r\n")
        .doesNotContain("List-Id");
    assertThat(only("bob@example.org")).contains("List-Id: <list.example.org>\r\n");
    assertThat(only("jürgen@example.org"))
        .startsWith("Return-Path: <a@remote.example>\r\n")
        .contains("List-Id: <other.example.org>\r\n");
  }

  @Test
  void nestedGroupsAreOneListAndLoopsAreCut() throws IOException {
    directory.addAlias("all@example.org", List.of(LIST, "jim@example.org", "all@example.org"));
    directory.addAlias(LIST, List.of("all@example.org"));
    mail("a@remote.example", "Subject: x\n\nHello\n", "all@example.org");
    for (String login : List.of("alice@example.org", "bob@example.org", "jim@example.org")) {
      assertThat(only(login)).contains("List-Id: <all.example.org>\r\n");
    }
  }

  @Test
  void membersElsewhereGetItThroughTheQueueFromTheOwner() throws IOException {
    directory.addAlias(LIST, List.of("x@remote.example"));
    try (SmtpClient client = new SmtpClient(fixture, "mx")) {
      client.send("EHLO client.example");
      client.mail("<a@remote.example> ENVID=1 RET=HDRS SMTPUTF8", "Subject: x\n\nHello\n", LIST);
    }
    assertThat(queue())
        .singleElement()
        .satisfies(entry -> {
          assertThat(entry.reversePath()).isEqualTo("owner-list@example.org");
          assertThat(entry.envelopeOptions()).isEqualTo("SMTPUTF8");
          assertThat(entry.recipients().getFirst().address()).isEqualTo("x@remote.example");
        });
  }

  /** Dave's mailbox is full. */
  @Test
  void aFullMemberIsNoMatterOfTheOthers() throws IOException {
    directory.addAlias(LIST, List.of("dave@example.org"));
    mail("a@remote.example", "Subject: x\n\nHello\n", LIST);
    assertThat(only("alice@example.org")).contains("Hello");
    assertThat(queue())
        .singleElement()
        .satisfies(entry -> {
          assertThat(entry.reversePath()).isEqualTo("owner-list@example.org");
          assertThat(entry.recipients().getFirst().address()).isEqualTo("dave@example.org");
        });
  }

  @Test
  void reportsStayReports() throws IOException {
    mail("", "Subject: x\n\nHello\n", LIST);
    assertThat(only("alice@example.org")).startsWith("Return-Path: <>\r\n");
  }

  @Test
  void whatComesBackIsRefused() throws IOException {
    try (SmtpClient client = new SmtpClient(fixture, "mx")) {
      client.send("EHLO client.example");
      client.send("MAIL FROM:<a@remote.example>");
      client.send("RCPT TO:<" + LIST + ">");
      client.send("DATA");
      assertThat(client.send("List-Id: \"The list\" <List.Example.ORG>\r\n\r\n."))
          .startsWith("554 5.4.6 ");
    }
  }

  @Test
  void membersAndTheOwnerMayWrite() throws IOException {
    directory.addAlias(LIST, List.of("x@remote.example"));
    directory.setGroup(LIST, null, Posting.MEMBERS);
    assertThat(post("mx", "", "a@remote.example")).startsWith("550 5.7.2 ");
    assertThat(post("mx", "", "X@remote.example")).startsWith("250 ");
    assertThat(post("mx", "", "alice@example.org")).startsWith("550 5.7.2 ");
    assertThat(post("lmtp", "", "alice@example.org")).startsWith("250 ");
    assertThat(post("lmtp", "", "alice@example.net")).startsWith("550 5.7.2 ");
    assertThat(post("submission", "alice@example.org", "alice@example.org")).startsWith("250 ");
    assertThat(post("submission", "jim@example.org", "jim@example.org")).startsWith("250 ");
    assertThat(post("submission", "alice@example.net", "alice@example.net"))
        .startsWith("550 5.7.2 ");
  }

  @Test
  void onlyTheOwnerMayWrite() throws IOException {
    directory.setGroup(LIST, "boss@remote.example", Posting.OWNER);
    assertThat(post("submission", "alice@example.org", "alice@example.org"))
        .startsWith("550 5.7.2 ");
    assertThat(post("mx", "", "boss@remote.example")).startsWith("250 ");
    mail("boss@remote.example", "Subject: x\n\nHello\n", LIST);
    assertThat(only("alice@example.org")).contains("List-Post: NO\r\n");
  }

  @Test
  void groupsOfOneMessageHaveALimit() throws IOException {
    try (SmtpClient client = new SmtpClient(fixture, "mx")) {
      client.send("EHLO client.example");
      client.send("MAIL FROM:<a@remote.example>");
      for (int i = 0; i < SmtpSettings.GROUPS_MAX; i++) {
        String group = "g" + i + "@example.org";
        directory.addAlias(group, List.of("alice@example.org", "bob@example.org"));
        assertThat(client.send("RCPT TO:<" + group + ">")).startsWith("250 ");
      }
      assertThat(client.send("RCPT TO:<" + LIST + ">")).startsWith("452 4.5.3 ");
      assertThat(client.send("RCPT TO:<jim@example.org>")).startsWith("250 ");
    }
  }
}
