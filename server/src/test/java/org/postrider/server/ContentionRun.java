package org.postrider.server;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.postrider.auth.AuthSettings;
import org.postrider.auth.StoredCredential;
import org.postrider.control.operation.Service;
import org.postrider.server.ContentionMirror.Manner;
import org.postrider.storage.AccountId;
import org.postrider.storage.Mailbox;
import org.postrider.storage.MessageEntry;
import org.postrider.storage.Store;
import org.postrider.storage.StoreSettings;
import org.postrider.testkit.Outcome;

/**
 * Many clients at one account: IMAP sessions that do anything, counters that are raised by
 * UNCHANGEDSINCE, POP3 and SMTP meanwhile. Each IMAP client keeps what it was told, and that is
 * compared with the store all the time.
 */
public final class ContentionRun {
  private static final String LOGIN = "alice@example.org";
  private static final String PASSWORD = "secret";
  private static final String COUNTER = "Counter";

  /** Digits of the counter, each a keyword. */
  private static final int DIGITS = 20;

  private final TestSuite suite;
  private final Store store;
  private final BooleanSupplier ends;
  private final ConcurrentLinkedQueue<String> problems = new ConcurrentLinkedQueue<>();
  private final AtomicLong raised = new AtomicLong();
  private final AtomicLong commands = new AtomicLong();

  private ContentionRun(TestSuite suite, BooleanSupplier ends) {
    this.suite = suite;
    this.store = suite.server().store();
    this.ends = ends;
  }

  /**
   * Runs for that long.
   *
   * @param data an empty directory
   * @param sessions IMAP sessions, beside those of the others
   * @param seed of what the clients do; when they do it is not in its power
   */
  public static Outcome run(Path data, int sessions, Duration length, long seed) throws Exception {
    String credential = StoredCredential.ofPassword(PASSWORD, AuthSettings.ITERATIONS_MIN).text();
    try (Store store = Store.open(StoreSettings.inDirectory(data), Clock.systemUTC())) {
      AccountId account = store.directory().createAccount(LOGIN, credential).id();
      for (String name : List.of("A", "B", "C", COUNTER)) {
        store.mailboxes().create(account, name, null);
      }
    }
    List<String> problems;
    long commands;
    try (TestSuite suite =
        new TestSuite(TestSuite.configuration(data, Map.of("queue.send", "off")))) {
      long end = System.nanoTime() + length.toNanos();
      ContentionRun run = new ContentionRun(suite, () -> System.nanoTime() >= end);
      run.play(sessions, seed);
      String check = TestSuite.command(data, "check");
      if (!check.startsWith("0 ")) {
        run.problems.add("corrupt: " + check);
      }
      problems = List.copyOf(run.problems);
      commands = run.commands.get();
    }
    return Outcome.of(1, commands, problems, seed);
  }

  private InetSocketAddress address(Service service) {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), suite.port(service));
  }

  /** Something that a client does until it is over. */
  private interface Task {
    void run() throws IOException;
  }

  private Thread start(String name, Task task) {
    return Thread.ofVirtual()
        .name(name)
        .start(() -> {
          try {
            task.run();
          } catch (IOException | RuntimeException e) {
            problems.add(name + ": " + e);
          }
        });
  }

  private void play(int sessions, long seed) throws IOException, InterruptedException {
    Random random = new Random(seed);
    append();
    List<ContentionSession> clients = new ArrayList<>();
    for (int i = 0; i < sessions; i++) {
      boolean qresync = i % 3 == 0;
      Manner manner = new Manner(qresync || i % 2 == 0, qresync, i % 5 == 4, i % 4 == 3);
      clients.add(
          new ContentionSession(
              address(Service.IMAP),
              LOGIN + " " + PASSWORD,
              store,
              manner,
              random.nextLong(),
              ends));
    }
    List<Thread> threads = new ArrayList<>();
    clients.forEach(client -> threads.add(Thread.ofVirtual().start(client)));
    for (int i = 0; i < 3; i++) {
      threads.add(start("counter", this::raise));
    }
    Random mail = new Random(random.nextLong());
    threads.add(start("SMTP", () -> deliver(mail)));
    threads.add(start("POP3", () -> fetch(new Random(seed))));
    for (Thread thread : threads) {
      thread.join();
    }
    for (ContentionSession client : clients) {
      if (client.problem() == null) {
        client.atRest();
      }
      commands.addAndGet(client.commands());
      String problem = client.problem();
      if (problem != null) {
        problems.add(problem);
      }
    }
    long counted = counted();
    if (counted != raised.get()) {
      problems.add("lost: the counter is " + counted + " and was raised " + raised);
    }
  }

  // ---- counters

  private ContentionConnection counter() throws IOException {
    ContentionConnection connection =
        new ContentionConnection(address(Service.IMAP), ContentionConnection.nothingSaid());
    connection.response();
    say(connection, "a LOGIN " + LOGIN + " " + PASSWORD);
    return connection;
  }

  private static List<String> say(ContentionConnection connection, String command)
      throws IOException {
    connection.send(command);
    List<String> responses = new ArrayList<>();
    do {
      responses.add(connection.response());
    } while (!responses.getLast().startsWith("a "));
    if (!responses.getLast().startsWith("a OK")) {
      throw new IOException(command + ": " + responses.getLast());
    }
    return responses;
  }

  private void append() throws IOException {
    try (ContentionConnection connection = counter()) {
      say(connection, "a APPEND " + COUNTER + " {6+}\r\na: b\r\n");
    }
  }

  private void raise() throws IOException {
    try (ContentionConnection connection = counter()) {
      say(connection, "a SELECT " + COUNTER + " (CONDSTORE)");
      while (!ends.getAsBoolean()) {
        List<String> told = say(connection, "a UID FETCH 1 (FLAGS MODSEQ)");
        ContentionMirror mirror =
            new ContentionMirror(COUNTER, new Manner(true, false, false, false));
        mirror.take("* 1 EXISTS", false);
        told.forEach(response -> mirror.take(response, false));
        ContentionMirror.Known known = mirror.messages.getFirst();
        long next = value(known.flags == null ? List.of() : known.flags) + 1;
        List<String> digits = new ArrayList<>();
        for (int i = 0; i < DIGITS; i++) {
          if ((next >> i & 1) == 1) {
            digits.add("digit" + i);
          }
        }
        String flags = String.join(" ", digits);
        String stored =
            say(
                    connection,
                    "a UID STORE 1 (UNCHANGEDSINCE " + known.modSeq + ") FLAGS (" + flags + ")")
                .getLast();
        commands.addAndGet(2);
        if (!stored.contains("[MODIFIED")) {
          raised.incrementAndGet();
        }
      }
    }
  }

  private static long value(Iterable<String> flags) {
    long value = 0;
    for (String flag : flags) {
      value |= 1L << Integer.parseInt(flag.substring("digit".length()));
    }
    return value;
  }

  private long counted() {
    AccountId account = store.directory().account(LOGIN).orElseThrow().id();
    Mailbox counter = store.mailboxes().find(account, COUNTER).orElseThrow();
    MessageEntry entry = store.messages().entries(counter.id(), new long[] {1}).getFirst();
    return value(entry.flags().keywords());
  }

  // ---- others

  private void deliver(Random random) throws IOException {
    while (!ends.getAsBoolean()) {
      try (ProofClient client = new ProofClient(address(Service.SMTP))) {
        client.expect("220");
        client.send("EHLO client.example.net", "250 ");
        for (int i = 0; i < 5; i++) {
          client.send("MAIL FROM:<bob@example.net>", "250", "4", "5");
          client.send("RCPT TO:<" + LOGIN + ">", "250", "4", "5");
          client.send("DATA", "354", "4", "5");
          String text = "text\r\n".repeat(random.nextInt(50));
          client.send("Subject: new\r\n\r\n" + text + ".", "250", "4", "5");
        }
        client.send("QUIT", "221");
      }
    }
  }

  private void fetch(Random random) throws IOException {
    while (!ends.getAsBoolean()) {
      try (ProofClient client = new ProofClient(address(Service.POP3))) {
        client.expect("+OK");
        client.send("USER " + LOGIN, "+OK", "-ERR");
        client.send("PASS " + PASSWORD, "+OK", "-ERR");
        List<String> listed = client.send("LIST", ".", "-ERR");
        int count = listed.size() - 2;
        if (count > 0) {
          int number = 1 + random.nextInt(count);
          client.send("DELE " + number, "+OK", "-ERR");
        }
        client.send("QUIT", "+OK", "-ERR");
      }
    }
  }
}
