package org.postrider.bench;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.postrider.storage.Account;
import org.postrider.storage.AccountId;
import org.postrider.storage.ContentWriter;
import org.postrider.storage.Delivery;
import org.postrider.storage.MailboxId;
import org.postrider.storage.MessageFlags;
import org.postrider.storage.Messages;
import org.postrider.storage.StagedContent;
import org.postrider.storage.Store;
import org.postrider.storage.StoreSettings;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * What deliveries notice of a sweep: their time in the store, from the first octet to durable, at a
 * fixed rate, while contents are released and then while they are deleted. The sweep pauses for
 * every other window of time, so that whatever else the machine is busy with slows both alike. Its
 * batches and pauses are the server's.
 */
@Command(name = "sweep", description = "Deliveries beside the sweep of many deleted messages.")
final class SweepBench implements Callable<Integer> {
  private static final int APPENDED_AT_ONCE = 100;
  private static final int EXPUNGED_AT_ONCE = 1000;

  @Option(names = "--rows", defaultValue = "100000", description = "Deleted messages.")
  private int rows;

  @Option(names = "--size", defaultValue = "4096", description = "Octets of a message.")
  private int size;

  @Option(names = "--clients", defaultValue = "4", description = "Clients that deliver.")
  private int clients;

  @Option(names = "--rate", defaultValue = "200", description = "Deliveries a second, of all.")
  private int rate;

  @Option(names = "--batch", defaultValue = "20", description = "Rows of a batch.")
  private int batch;

  @Option(names = "--pause", defaultValue = "25", description = "Milliseconds between batches.")
  private int pause;

  @Option(
      names = "--window",
      defaultValue = "2000",
      description = "Milliseconds of sweeping, and as many without.")
  private int window;

  /** Whether a sweep runs now. */
  private volatile boolean sweeping;

  /** A clock that is moved on by days. */
  private static final class MovedClock extends Clock {
    private volatile Duration ahead = Duration.ZERO;

    void advance(Duration time) {
      ahead = ahead.plus(time);
    }

    @Override
    public Instant instant() {
      return Instant.now().plus(ahead);
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }
  }

  @Override
  public Integer call() throws Exception {
    Path directory = Files.createTempDirectory("postrider-bench");
    MovedClock clock = new MovedClock();
    Report report = new Report("sweep");
    report.fact("rows", rows);
    report.fact("size", size);
    report.fact("deliveriesPerSecond", rate);
    report.fact("batch", batch);
    report.fact("pauseMilliseconds", pause);
    try (Store store = Store.open(StoreSettings.inDirectory(directory), clock)) {
      Account account = store.directory().createAccount(Target.login(0), null);
      MailboxId inbox = store.mailboxes().find(account.id(), "INBOX").orElseThrow().id();
      fill(store, inbox);
      warm(store, account);
      clock.advance(store.settings().retention().plusHours(1));
      phase(report, "release", store, account);
      clock.advance(Duration.ofHours(2));
      phase(report, "delete", store, account);
    } finally {
      Target.delete(directory);
    }
    report.print();
    return 0;
  }

  private void fill(Store store, MailboxId inbox) {
    for (int i = 0; i < rows; i += APPENDED_AT_ONCE) {
      List<Messages.NewMessage> messages = new ArrayList<>();
      for (int j = i; j < Math.min(rows, i + APPENDED_AT_ONCE); j++) {
        messages.add(new Messages.NewMessage(staged(store, j), MessageFlags.NONE, 1));
      }
      store.messages().append(inbox, messages);
      messages.forEach(message -> message.content().close());
    }
    for (int i = 1; i <= rows; i += EXPUNGED_AT_ONCE) {
      store
          .messages()
          .expunge(
              inbox,
              LongStream.range(i, Math.min(rows + 1, i + EXPUNGED_AT_ONCE)).toArray(),
              "bench");
    }
  }

  private StagedContent staged(Store store, int number) {
    byte[] message = Corpus.message(number, size);
    try (ContentWriter writer = store.contents().write()) {
      writer.write(message, 0, message.length);
      return writer.finish();
    }
  }

  private void warm(Store store, Account account) throws Exception {
    try (Deliverers deliverers = new Deliverers(store, account)) {
      Thread.sleep(5L * window);
      deliverers.end();
    }
  }

  /** Sweeps until nothing is left, every other window, beside the deliveries. */
  private void phase(Report report, String name, Store store, Account account) throws Exception {
    Times times;
    try (Deliverers deliverers = new Deliverers(store, account)) {
      boolean more = true;
      while (more) {
        Thread.sleep(window);
        sweeping = true;
        long end = System.nanoTime() + window * 1_000_000L;
        while (more && System.nanoTime() < end) {
          more = store.contents().sweep(batch) > 0;
          Thread.sleep(pause);
        }
        sweeping = false;
      }
      times = deliverers.end();
    }
    double quiet = add(report, name + ": quiet", times.quiet());
    double beside = add(report, name + ": beside", times.beside());
    report.add(name + ": p99 beside : quiet", beside / quiet);
  }

  /** Returns the 99th percentile. */
  private static double add(Report report, String name, List<Double> milliseconds) {
    double[] sorted = milliseconds.stream().mapToDouble(Double::doubleValue).sorted().toArray();
    report.add(name + " deliveries", sorted.length);
    for (int percent : new int[] {50, 99}) {
      report.add(name + " p" + percent + " ms", percentile(sorted, percent));
    }
    report.add(name + " most ms", sorted[sorted.length - 1]);
    return percentile(sorted, 99);
  }

  private static double percentile(double[] sorted, int percent) {
    return sorted[Math.min(sorted.length - 1, sorted.length * percent / 100)];
  }

  /** What deliveries took, in milliseconds, that were due while no sweep ran, and while one did. */
  private record Times(List<Double> quiet, List<Double> beside) {
    Times() {
      this(new ArrayList<>(), new ArrayList<>());
    }

    void add(Times other) {
      quiet.addAll(other.quiet);
      beside.addAll(other.beside);
    }
  }

  /** Clients that deliver at a fixed rate until they are told to end. */
  private final class Deliverers implements AutoCloseable {
    private final ExecutorService threads = Executors.newFixedThreadPool(clients);
    private final List<Future<Times>> running = new ArrayList<>();
    private volatile boolean ended;

    Deliverers(Store store, Account account) {
      for (int i = 0; i < clients; i++) {
        int client = i;
        running.add(threads.submit(() -> deliver(store, account, client)));
      }
    }

    /** The time each delivery took, from when it was due. */
    private Times deliver(Store store, Account account, int client) {
      long interval = 1_000_000_000L * clients / rate;
      long due = System.nanoTime() + client * interval / clients;
      Times times = new Times();
      for (int i = client; !ended; i += clients) {
        long wait = due - System.nanoTime();
        while (wait > 0) {
          LockSupport.parkNanos(wait);
          wait = due - System.nanoTime();
        }
        boolean besideSweep = sweeping;
        try (StagedContent content = staged(store, i)) {
          store
              .queue()
              .deliver(
                  new Delivery(
                      content,
                      "s@sender.test",
                      List.of(new Delivery.Target(account.id(), "INBOX", account.login())),
                      List.of(),
                      "",
                      1,
                      "bench",
                      (@Nullable AccountId) null));
        }
        (besideSweep ? times.beside : times.quiet).add((System.nanoTime() - due) / 1e6);
        due += interval;
      }
      return times;
    }

    Times end() throws Exception {
      ended = true;
      Times times = new Times();
      for (Future<Times> client : running) {
        times.add(client.get());
      }
      return times;
    }

    @Override
    public void close() {
      ended = true;
      threads.close();
    }
  }
}
