package org.postrider.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.LongStream;
import org.postrider.auth.StoredCredential;
import org.postrider.storage.Account;
import org.postrider.storage.ContentWriter;
import org.postrider.storage.MailboxId;
import org.postrider.storage.MessageFlags;
import org.postrider.storage.Messages;
import org.postrider.storage.StagedContent;
import org.postrider.storage.Store;
import org.postrider.storage.StoreSettings;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Large messages, a large mailbox and many recipients, with a server of a small heap. */
@Command(name = "memory", description = "Large messages and mailboxes within a small heap.")
final class MemoryProof implements Callable<Integer> {
  private static final int COPIED = 10_000;
  private static final int LINE = 76;

  /** For the answer to a command about a million messages, on a machine that does other work. */
  private static final int WAIT_MILLIS = 600_000;

  @Option(names = "--heap", defaultValue = "256m", description = "The server's heap.")
  private String heap = "256m";

  @Option(names = "--clients", defaultValue = "50", description = "Large messages at once.")
  private int clients;

  @Option(names = "--megabytes", defaultValue = "100", description = "Size of each.")
  private int megabytes;

  @Option(names = "--messages", defaultValue = "1000000", description = "Of the large mailbox.")
  private int messages;

  @Option(names = "--recipients", defaultValue = "10000", description = "Of one message.")
  private int recipients;

  @Override
  public Integer call() throws Exception {
    Report report = new Report("memory");
    report.fact("heap", heap);
    report.fact("clients", clients);
    report.fact("megabytes", megabytes);
    report.fact("mailbox", messages);
    report.fact("recipients", recipients);
    Path directory = Files.createTempDirectory("postrider-bench");
    try {
      fill(directory);
      List<Integer> ports = Target.freePorts(4);
      Process process = Target.start(directory, ports, heap);
      try {
        for (int port : ports) {
          Target.awaitGreeting(process.toHandle(), port);
        }
        ProcessTree tree = new ProcessTree(List.of(process.pid()));
        mailbox(ports.get(1), report);
        recipients(ports.get(3), report);
        large(ports, report);
        report.add("resident megabytes", tree.residentBytes() / 1048576.0);
      } finally {
        Target.stop(process);
      }
      String log = Files.readString(directory.resolve("log"));
      boolean survived = !log.contains("OutOfMemoryError");
      report.fact("outOfMemory", survived ? 0 : 1);
      report.print();
      return survived ? 0 : 1;
    } finally {
      Target.delete(directory);
    }
  }

  /** Accounts, of which the first has the large mailbox: one content, copied again and again. */
  private void fill(Path directory) {
    try (Store store = Store.open(StoreSettings.inDirectory(directory), Clock.systemUTC())) {
      String credential = StoredCredential.ofPassword(Target.PASSWORD).text();
      for (int i = 0; i <= clients; i++) {
        store.directory().createAccount(Target.login(i), credential);
      }
      Account account = store.directory().account(Target.login(0)).orElseThrow();
      MailboxId inbox = store.mailboxes().find(account.id(), "INBOX").orElseThrow().id();
      byte[] message = Corpus.message(1, 2_000);
      try (ContentWriter writer = store.contents().write()) {
        writer.write(message, 0, message.length);
        try (StagedContent staged = writer.finish()) {
          store
              .messages()
              .append(inbox, List.of(new Messages.NewMessage(staged, MessageFlags.NONE, 0)));
        }
      }
      for (long count = 1; count < messages; ) {
        long more = Math.min(Math.min(count, COPIED), messages - count);
        store.messages().copy(inbox, LongStream.rangeClosed(1, more).toArray(), inbox);
        count += more;
      }
    }
  }

  private void mailbox(int port, Report report) throws IOException {
    try (ImapLoad imap = new ImapLoad(new Wire(port, 64 << 10, WAIT_MILLIS), Target.login(0))) {
      List<String> commands =
          List.of(
              "SELECT INBOX",
              "FETCH 1:* (UID FLAGS)",
              "SEARCH UNSEEN",
              "SEARCH SUBJECT nothing-of-that-name",
              "FETCH 1:" + Math.min(messages, 100_000) + " (ENVELOPE)",
              "STORE 1:* +FLAGS (\\Seen)",
              "STORE 1:* +FLAGS.SILENT ($Work)",
              "UID COPY 1:* Archive",
              "UID MOVE 1:* Sent",
              "SELECT Archive",
              "STORE 1:* +FLAGS.SILENT (\\Deleted)",
              "EXPUNGE");
      for (String command : commands) {
        time(report, command, () -> imap.command(command));
      }
    }
  }

  private interface Step {
    void run() throws IOException;
  }

  private static void time(Report report, String what, Step step) throws IOException {
    long start = System.nanoTime();
    step.run();
    report.add(what + ", seconds", (System.nanoTime() - start) / 1e9);
  }

  /** One message of a user to many elsewhere: one queue entry with a row for each. */
  private void recipients(int port, Report report) throws IOException {
    time(
        report,
        recipients + " recipients",
        () -> {
          try (Wire wire = new Wire(port)) {
            expect(wire, "220");
            wire.send("EHLO client.test\r\n");
            expect(wire, "250");
            String plain = "\0" + Target.login(1) + "\0" + Target.PASSWORD;
            wire.send(
                "AUTH PLAIN "
                    + Base64.getEncoder().encodeToString(plain.getBytes(StandardCharsets.UTF_8))
                    + "\r\n");
            expect(wire, "235");
            wire.send("MAIL FROM:<" + Target.login(1) + ">\r\n");
            expect(wire, "250");
            for (int i = 0; i < recipients; i++) {
              wire.send("RCPT TO:<r" + i + "@elsewhere.test>\r\n");
              expect(wire, "250");
            }
            wire.send("DATA\r\n");
            expect(wire, "354");
            wire.send("Subject: many\r\n\r\nx\r\n.\r\n");
            expect(wire, "250");
          }
        });
  }

  private void large(List<Integer> ports, Report report) throws Exception {
    long octets = (long) megabytes << 20;
    long start = System.nanoTime();
    Round.parallel(clients, client -> send(ports.get(0), client + 1, octets));
    report.add("SMTP, seconds for all", (System.nanoTime() - start) / 1e9);
    long appended = System.nanoTime();
    Round.parallel(clients, client -> append(ports.get(1), client + 1, octets));
    report.add("APPEND, seconds for all", (System.nanoTime() - appended) / 1e9);
    long read = System.nanoTime();
    Round.parallel(
        clients,
        client -> {
          try (ImapLoad imap = new ImapLoad(new Wire(ports.get(1)), Target.login(client + 1))) {
            imap.command("SELECT INBOX");
            imap.command("UID FETCH * (BODY.PEEK[])");
          }
        });
    report.add("IMAP, seconds for all", (System.nanoTime() - read) / 1e9);
    long retrieved = System.nanoTime();
    Round.parallel(clients, client -> retrieve(ports.get(2), client + 1, octets));
    report.add("POP3, seconds for all", (System.nanoTime() - retrieved) / 1e9);
  }

  private static byte[] lines() {
    byte[] lines = new byte[64 << 10];
    Arrays.fill(lines, (byte) 'x');
    for (int i = LINE; i + 2 <= lines.length; i += LINE + 2) {
      lines[i] = '\r';
      lines[i + 1] = '\n';
    }
    lines[lines.length - 2] = '\r';
    lines[lines.length - 1] = '\n';
    return lines;
  }

  private static void append(int port, int user, long octets) throws IOException {
    byte[] lines = lines();
    long times = octets / lines.length - 1;
    try (ImapLoad imap = new ImapLoad(new Wire(port, 64 << 10, WAIT_MILLIS), Target.login(user))) {
      Wire wire = imap.wire();
      String header = "Subject: large\r\n\r\n";
      wire.send("l APPEND INBOX {" + (header.length() + times * lines.length) + "+}\r\n" + header);
      for (long i = 0; i < times; i++) {
        wire.send(lines);
      }
      wire.send("\r\n");
      expect(wire, "l OK");
    }
  }

  private static void send(int port, int user, long octets) throws IOException {
    byte[] lines = lines();
    try (Wire wire = new Wire(port, 64 << 10, WAIT_MILLIS)) {
      expect(wire, "220");
      wire.send("EHLO client.test\r\n");
      expect(wire, "250");
      wire.send("MAIL FROM:<s@sender.test>\r\n");
      expect(wire, "250");
      wire.send("RCPT TO:<" + Target.login(user) + ">\r\n");
      expect(wire, "250");
      wire.send("DATA\r\n");
      expect(wire, "354");
      wire.send("Subject: large\r\n\r\n");
      // what the server adds must fit in, too
      for (long sent = 2L * lines.length; sent < octets; sent += lines.length) {
        wire.send(lines);
      }
      wire.send(".\r\n".getBytes(StandardCharsets.US_ASCII));
      expect(wire, "250");
    }
  }

  private static void retrieve(int port, int user, long octets) throws IOException {
    try (Wire wire = new Wire(port)) {
      expect(wire, "+OK");
      wire.send("USER " + Target.login(user) + "\r\n");
      expect(wire, "+OK");
      wire.send("PASS " + Target.PASSWORD + "\r\n");
      String drop = wire.line();
      wire.send("STAT\r\n");
      String last = wire.line().split(" ", -1)[1];
      wire.send("RETR " + last + "\r\n");
      expect(wire, "+OK");
      long got = wire.skipMultiline();
      if (got < octets * 9 / 10) {
        throw new IOException("too short: " + got + " of " + drop);
      }
    }
  }

  private static void expect(Wire wire, String code) throws IOException {
    String line = wire.line();
    while (line.startsWith(code + "-")) {
      line = wire.line();
    }
    if (!line.startsWith(code)) {
      throw new IOException("expected " + code + ", got: " + line);
    }
  }
}
