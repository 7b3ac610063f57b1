package org.postrider.bench;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.postrider.storage.Account;
import org.postrider.storage.ContentWriter;
import org.postrider.storage.Delivery;
import org.postrider.storage.MailboxId;
import org.postrider.storage.StagedContent;
import org.postrider.storage.Store;
import org.postrider.storage.StoreCheck;
import org.postrider.storage.StoreSettings;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Mail comes and goes at a steady number of messages, swept soon after: how large does the file
 * become, and what does it cost to bring sparse parts of it together.
 */
@Command(name = "turnover", description = "The file's size while as much mail goes as comes.")
final class TurnoverBench implements Callable<Integer> {
  /** The clock of the store runs so much faster: its retention of 14 days is 12 seconds. */
  private static final int CLOCK_SPEED = 100_000;

  private static final int REWRITE_OCTETS = 1 << 20;
  private static final int SWEEP_ROWS = 200;
  private static final int BATCH = 50;

  @Option(names = "--seconds", defaultValue = "120", description = "How long.")
  private int seconds;

  @Option(names = "--sessions", defaultValue = "8", description = "Clients that deliver.")
  private int sessions;

  @Option(names = "--size", defaultValue = "4096", description = "Octets of a message.")
  private int size;

  @Option(names = "--kept", defaultValue = "2000", description = "Messages of each client.")
  private int kept;

  @Option(
      names = "--pause",
      defaultValue = "0",
      description = "Milliseconds between two deliveries of a client.")
  private int pauseMillis;

  @Option(
      names = "--step",
      defaultValue = "500",
      description = "Milliseconds between two steps of bringing together; 0 for none.")
  private int stepMillis;

  private final AtomicLong delivered = new AtomicLong();
  private final AtomicBoolean end = new AtomicBoolean();

  @Override
  public Integer call() throws Exception {
    Path directory = Files.createTempDirectory("postrider-bench");
    Report report = new Report("turnover");
    report.fact("sessions", sessions);
    report.fact("size", size);
    report.fact("kept", kept * sessions);
    report.fact("stepMillis", stepMillis);
    try (Store store = Store.open(StoreSettings.inDirectory(directory), fastClock())) {
      run(store, report);
      long wrong = StoreCheck.run(store).size();
      report.fact("violations", wrong);
      report.print();
      return wrong == 0 ? 0 : 1;
    } finally {
      Target.delete(directory);
    }
  }

  private static Clock fastClock() {
    Instant start = Instant.now();
    InstantSource source =
        () -> start.plus(Duration.between(start, Instant.now()).multipliedBy(CLOCK_SPEED));
    return source.withZone(ZoneOffset.UTC);
  }

  private void run(Store store, Report report) throws InterruptedException {
    Thread[] threads = new Thread[sessions + 2];
    for (int i = 0; i < sessions; i++) {
      Account account = store.directory().createAccount(i + "u@bench.test", null);
      threads[i] = Thread.ofPlatform().start(() -> client(store, account));
    }
    threads[sessions] =
        Thread.ofPlatform()
            .start(() -> {
              while (!end.get()) {
                pause(store.contents().sweep(SWEEP_ROWS) > 0 ? 5 : 200);
              }
            });
    threads[sessions + 1] =
        Thread.ofPlatform()
            .start(() -> {
              while (!end.get()) {
                if (stepMillis > 0) {
                  store.housekeeping().rewriteSparse(REWRITE_OCTETS);
                }
                pause(Math.max(stepMillis, 100));
              }
            });
    long before = 0;
    System.out.printf("%8s %14s %10s %12s%n", "second", "deliveries/s", "megabytes", "contents");
    for (int second = 10; second <= seconds; second += 10) {
      Thread.sleep(10_000);
      long now = delivered.get();
      var figures = store.statistics();
      System.out.printf(
          "%8d %14d %10d %12d%n",
          second, (now - before) / 10, figures.octets() >> 20, figures.contents());
      if (second > seconds / 2) {
        report.add("deliveries per second", (now - before) / 10.0);
        report.add("megabytes", figures.octets() / 1048576.0);
        report.add("megabytes of live mail", (double) figures.contents() * size / 1048576.0);
      }
      before = now;
    }
    end.set(true);
    for (Thread thread : threads) {
      thread.join();
    }
  }

  private void client(Store store, Account account) {
    MailboxId inbox = store.mailboxes().find(account.id(), "INBOX").orElseThrow().id();
    byte[] message = Corpus.message((int) account.id().value(), size);
    long last = 0;
    long gone = 0;
    while (!end.get()) {
      for (int i = 0; i < BATCH; i++) {
        last = deliver(store, account, message);
        delivered.incrementAndGet();
        if (pauseMillis > 0) {
          pause(pauseMillis);
        }
      }
      if (last - gone > kept) {
        long[] uids = new long[BATCH];
        for (int i = 0; i < BATCH; i++) {
          uids[i] = ++gone;
        }
        store.messages().expunge(inbox, uids, "bench");
      }
    }
  }

  private static long deliver(Store store, Account account, byte[] message) {
    StagedContent staged;
    try (ContentWriter writer = store.contents().write()) {
      writer.write(message, 0, message.length);
      staged = writer.finish();
    }
    try (staged) {
      return store
          .queue()
          .deliver(
              new Delivery(
                  staged,
                  "s@sender.test",
                  List.of(new Delivery.Target(account.id(), "INBOX", account.login())),
                  List.of(),
                  "",
                  System.currentTimeMillis(),
                  "bench",
                  null))
          .filed()
          .getFirst()
          .uid();
    }
  }

  private static void pause(int millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
