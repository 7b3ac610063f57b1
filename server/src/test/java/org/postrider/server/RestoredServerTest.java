package org.postrider.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postrider.control.operation.Service;
import org.postrider.server.config.Configuration;

/** What clients see of a store that was restored, compared with what they saw of the original. */
class RestoredServerTest {
  private static final String ALICE = "alice@example.org";
  private static final String BOB = "bob@example.org";

  /** Messages that come while the backup is made. */
  private static final int LOAD = 60;

  /** How many of them have come when it begins. */
  private static final int BEFORE_THE_BACKUP = 5;

  private static final Pattern LIST = Pattern.compile("\\* LIST \\([^)]*\\) \"/\" \"?([^\"]+)\"?");
  private static final Pattern UIDVALIDITY = Pattern.compile("\\[UIDVALIDITY (\\d+)\\]");

  @TempDir Path temp;

  /** An account as IMAP and POP3 show it. */
  private record Seen(Map<String, List<String>> folders, List<String> uidl, List<String> pop3) {}

  private static ProofClient imap(TestSuite suite, String user, String password)
      throws IOException {
    ProofClient client = new ProofClient(suite.server().addresses().get(Service.IMAP.key()));
    client.expect("* OK");
    send(client, "LOGIN " + user + " " + password);
    return client;
  }

  private static List<String> send(ProofClient client, String command) throws IOException {
    return client.send("a " + command, "a OK", "a NO", "a BAD");
  }

  private static Seen see(TestSuite suite, String user, String password) throws IOException {
    Map<String, List<String>> folders = new TreeMap<>();
    try (ProofClient client = imap(suite, user, password)) {
      for (String line : send(client, "LIST \"\" *")) {
        Matcher folder = LIST.matcher(line);
        if (folder.matches()) {
          folders.put(folder.group(1), new ArrayList<>(List.of(line)));
        }
      }
      for (Map.Entry<String, List<String>> folder : folders.entrySet()) {
        List<String> seen = folder.getValue();
        for (String line : send(client, "EXAMINE \"" + folder.getKey() + "\"")) {
          if (line.contains("[UIDVALIDITY") || line.startsWith("* FLAGS")) {
            seen.add(line);
          }
        }
        if (!send(client, "SEARCH ALL").getFirst().equals("* SEARCH")) {
          seen.addAll(
              send(
                  client,
                  "FETCH 1:* (UID FLAGS INTERNALDATE RFC822.SIZE ENVELOPE BODYSTRUCTURE"
                      + " BODY.PEEK[])"));
        }
        seen.replaceAll(line -> line.replaceAll(" ?\\\\Recent", ""));
      }
    }
    try (ProofClient client = new ProofClient(suite.server().addresses().get(Service.POP3.key()))) {
      client.expect("+OK");
      client.send("USER " + user, "+OK", "-ERR");
      client.send("PASS " + password, "+OK", "-ERR");
      List<String> uidl = client.send("UIDL", ".", "-ERR");
      List<String> messages = new ArrayList<>();
      for (int i = 1; i < uidl.size() - 1; i++) {
        messages.addAll(client.send("RETR " + i, ".", "-ERR"));
      }
      return new Seen(folders, uidl, messages);
    }
  }

  private static void append(ProofClient client, String folder, String flags, String body)
      throws IOException {
    String message =
        "From: Alice <alice@example.org>\r\nSubject: =?UTF-8?Q?Gr=C3=BC=C3=9Fe?=\r\n"
            + "MIME-Version: 1.0\r\nContent-Type: text/plain\r\n\r\n"
            + body;
    send(
        client,
        "APPEND "
            + folder
            + " ("
            + flags
            + ") \"17-Jul-2021 02:44:25 -0700\" {"
            + message.length()
            + "+}\r\n"
            + message);
  }

  private static void fill(TestSuite suite, String password) throws IOException {
    try (ProofClient client = imap(suite, ALICE, password)) {
      send(client, "CREATE Projects/2027");
      send(client, "CREATE \"with space\"");
      append(client, "INBOX", "\\Seen $Label1", "one\r\n");
      append(client, "INBOX", "", "two\r\n");
      append(client, "INBOX", "\\Flagged work", "three\r\n" + "x".repeat(70_000) + "\r\n");
      append(client, "Projects/2027", "\\Answered \\Draft", "four\r\n");
      send(client, "SELECT INBOX");
      send(client, "COPY 1,3 \"with space\"");
      send(client, "STORE 2 +FLAGS (\\Deleted)");
      send(client, "EXPUNGE");
    }
  }

  /** Mail for Bob, by SMTP. */
  private static Integer deliver(TestSuite suite, CountDownLatch begun) {
    try (ProofClient client = new ProofClient(suite.server().addresses().get(Service.SMTP.key()))) {
      client.expect("220 ");
      client.send("EHLO client.example.net", "250 ", "5");
      for (int i = 0; i < LOAD; i++) {
        client.send("MAIL FROM:<c@example.net>", "250", "4", "5");
        client.send("RCPT TO:<" + BOB + ">", "250", "4", "5");
        client.send("DATA", "354", "4", "5");
        client.send("Subject: load " + i + "\r\n\r\n" + i + "\r\n.", "250", "4", "5");
        begun.countDown();
      }
      return LOAD;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void clientsSeeWhatTheySaw() throws Exception {
    Path data = temp.resolve("data");
    String backup = temp.resolve("backup").toString();
    String alices;
    String bobs;
    Seen alice;
    Seen bob;
    try (TestSuite suite = new TestSuite(data)) {
      alices = TestSuite.addUser(data, ALICE);
      bobs = TestSuite.addUser(data, BOB);
      fill(suite, alices);
      CountDownLatch begun = new CountDownLatch(BEFORE_THE_BACKUP);
      FutureTask<Integer> load = new FutureTask<>(() -> deliver(suite, begun));
      Thread.ofVirtual().start(load);
      assertThat(begun.await(20, TimeUnit.SECONDS)).isTrue();
      assertThat(TestSuite.command(data, "backup", backup, "--verify"))
          .startsWith("0 ")
          .contains("it is sound");
      assertThat(load.get()).isEqualTo(LOAD);
      alice = see(suite, ALICE, alices);
      bob = see(suite, BOB, bobs);
      assertThat(bob.uidl()).hasSize(LOAD + 2);
    }
    Configuration elsewhere =
        TestSuite.configuration(
            temp.resolve("new"), Map.of("storage.url", "h2:" + temp.resolve("disk2/store")));
    assertThat(TestSuite.command(elsewhere, "restore", backup)).startsWith("0 Restored 2 users");
    assertThat(temp.resolve("disk2/store/postrider.mv.db")).exists();
    try (TestSuite suite = new TestSuite(elsewhere)) {
      Seen restored = see(suite, ALICE, alices);
      assertThat(restored).isEqualTo(alice);
      assertThat(restored.folders().get("INBOX").toString()).contains("17-Jul-2021", "three");
      Seen half = see(suite, BOB, bobs);
      assertThat(bob.uidl()).containsAll(half.uidl().subList(1, half.uidl().size()));
      assertThat(half.uidl()).hasSizeGreaterThan(2 + BEFORE_THE_BACKUP - 1);
      assertThat(bob.pop3().subList(0, half.pop3().size())).isEqualTo(half.pop3());
      whatIsMissingComesBack(suite, elsewhere, backup, alices, alice);
    }
  }

  private static void whatIsMissingComesBack(
      TestSuite suite, Configuration server, String backup, String password, Seen before)
      throws IOException {
    try (ProofClient open = imap(suite, ALICE, password)) {
      send(open, "SELECT INBOX");
      send(open, "STORE 1 +FLAGS (\\Deleted)");
      send(open, "EXPUNGE");
      send(open, "DELETE Projects/2027");
      String printed = TestSuite.command(server, "restore", backup, "--user", ALICE);
      assertThat(printed)
          .startsWith("0 Restored 1 messages of " + ALICE)
          .containsPattern("INBOX +0 +1 +1 +0\\n")
          .containsPattern("Projects/2027 +0 +0 +1 +0 +was deleted and is brought back");
      assertThat(send(open, "NOOP")).contains("* 2 EXISTS");
    }
    Seen after = see(suite, ALICE, password);
    assertThat(after.folders().get("Projects/2027"))
        .isEqualTo(before.folders().get("Projects/2027"));
    assertThat(after.folders().get("INBOX").get(2))
        .matches(line -> UIDVALIDITY.matcher(line).find());
    assertThat(after.pop3())
        .as("in another order")
        .containsExactlyInAnyOrderElementsOf(before.pop3());
    assertThat(after.uidl())
        .as("a UID is not used again")
        .hasSameSizeAs(before.uidl())
        .doesNotContainSequence(before.uidl());
    assertThat(TestSuite.command(server, "restore", backup, "--user", ALICE))
        .startsWith("0 Restored 0 messages");
    assertThat(TestSuite.command(server, "check")).contains("All is well");
  }
}
