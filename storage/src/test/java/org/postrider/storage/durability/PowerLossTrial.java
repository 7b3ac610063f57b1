package org.postrider.storage.durability;

import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.postrider.storage.AccountId;
import org.postrider.storage.MessageEntry;
import org.postrider.storage.Store;
import org.postrider.storage.StoreCheck;
import org.postrider.storage.StoreCondition.State;
import org.postrider.storage.StoreSettings;
import org.postrider.storage.fs.OrderedFilePath;
import org.postrider.testkit.Outcome;
import org.postrider.testkit.PowerLossDisk;
import org.postrider.testkit.PowerLossDisk.Fault;

/**
 * One store that loses its power again and again: at work, while it opens, while it closes. After
 * each loss everything is compared with what was acknowledged, and the work goes on with what was
 * found.
 *
 * <p>The seed determines what the threads do, after which operation the power goes, and which pages
 * survive; how the threads interleave it does not.
 */
public final class PowerLossTrial {
  /** How likely an unforced page survives: one of these at each loss. */
  private static final double[] SURVIVAL = {0, .1, .5, .9, .97, 1};

  private static final int ACCOUNTS = 2;
  private static final int DELIVERERS = 3;
  private static final Duration STUCK = Duration.ofMinutes(1);
  private static final Duration RETENTION = Duration.ofMillis(1);

  /** From one loss to the next: longer than leases, and than a stage that is not swept. */
  private static final Duration LEAP = Duration.ofHours(2);

  private final long seed;
  private final boolean ordered;
  private final String scheme;
  private final String options;
  private final AtomicLong acknowledged = new AtomicLong();
  private final AtomicLong tokens = new AtomicLong();
  private final SeenUids seen = new SeenUids();
  private final List<String> problems = Collections.synchronizedList(new ArrayList<>());
  private final List<AccountWorker> workers = new ArrayList<>();
  private final QueueWorker sender = new QueueWorker(acknowledged);
  private final Deliveries deliveries;
  private PowerLossDisk disk;
  private int losses;
  private int rounds;

  /** As it was opened after the last loss. */
  private @Nullable Store store;

  private PowerLossTrial(long seed, boolean ordered, Template template) {
    this.seed = seed;
    this.ordered = ordered;
    this.scheme = ordered ? OrderedFilePath.SCHEME + ":" : "";
    SplittableRandom random = new SplittableRandom(seed);
    // Without a retention H2 writes over freed space at once: the harder case.
    this.options = random.nextInt(3) > 0 ? ";RETENTION_TIME=0" : "";
    this.disk = template.disk.afterLoss(0, 1);
    this.deliveries =
        new Deliveries(template.accounts, template.submitter, acknowledged, tokens, sender);
    template.accounts.forEach(account -> {
      AccountModel model = template.models.get(account);
      if (model != null) {
        workers.add(new AccountWorker(account, model.copy(), acknowledged, tokens));
      }
    });
  }

  /** A fresh store with its accounts, to start trials from: to make one takes a second. */
  public static final class Template implements AutoCloseable {
    private final PowerLossDisk disk;
    private final List<AccountId> accounts = new ArrayList<>();
    private final AccountId submitter;
    private final Map<AccountId, AccountModel> models = new HashMap<>();

    /**
     * @param pageOctets see {@link PowerLossDisk}
     */
    public Template(int pageOctets) {
      disk = new PowerLossDisk(pageOctets);
      OrderedFilePath.register();
      String url = "h2:fs:" + OrderedFilePath.SCHEME + ":" + disk.path("mail");
      try (Store store = Store.open(settings(url), Clock.systemUTC())) {
        submitter = store.directory().createAccount("submitter@example.org", null).id();
        for (int i = 0; i < ACCOUNTS; i++) {
          AccountId account = store.directory().createAccount("u" + i + "@example.org", null).id();
          store.mailboxes().create(account, "Lists", null);
          store.mailboxes().create(account, "a", null);
          accounts.add(account);
          models.put(account, AccountModel.read(store, account, new ArrayList<>()));
        }
      }
    }

    @Override
    public void close() {
      disk.close();
    }
  }

  private static StoreSettings settings(String url) {
    StoreSettings d = StoreSettings.of(url);
    return new StoreSettings(
        url,
        1,
        2,
        d.batchJobs(),
        d.batchBytes(),
        64 << 10,
        1 << 20,
        RETENTION,
        RETENTION,
        100,
        100,
        0,
        true);
  }

  /**
   * Runs a trial.
   *
   * @param ordered whether the ordering file system lies under H2
   * @param losses how often the power goes, unless something is wrong before
   */
  public static Outcome run(long seed, boolean ordered, int losses, Template template) {
    PowerLossTrial trial = new PowerLossTrial(seed, ordered, template);
    try {
      while (trial.losses < losses && trial.problems.isEmpty()) {
        trial.loseOnce(new SplittableRandom(seed * 1000 + trial.rounds++));
      }
      if (trial.store != null) {
        trial.close(trial.store);
      }
    } finally {
      trial.disk.close();
    }
    return Outcome.of(trial.losses, trial.acknowledged.get(), trial.problems, seed);
  }

  private void loseOnce(SplittableRandom random) {
    Store store = this.store == null ? open() : this.store;
    this.store = null;
    if (store == null) {
      return;
    }
    if (ordered && random.nextInt(5) == 0) {
      failOnce(store, random);
      return;
    }
    if (random.nextInt(10) == 0) {
      work(store, random, 15);
      disk.loseAfter(1 + random.nextInt(8));
    } else {
      disk.loseAfter(1 + random.nextInt(random.nextBoolean() ? 20 : 100));
      work(store, random, Integer.MAX_VALUE);
    }
    close(store);
    powerComesBack(random);
    if (random.nextInt(8) == 0) {
      disk.loseAfter(1 + random.nextInt(12));
      store = open();
      if (store != null) {
        close(store);
      }
      powerComesBack(random);
    }
    verify();
  }

  /**
   * An operation of the disk fails, or the disk is full; the store is opened anew on what is seen,
   * or the power goes too.
   */
  private void failOnce(Store store, SplittableRandom random) {
    Fault fault = Fault.values()[random.nextInt(Fault.values().length)];
    int after = random.nextInt(random.nextBoolean() ? 10 : 80);
    disk.failAfter(fault, fault == Fault.SPACE ? after * 4096L : after, random.nextLong());
    work(store, random, 40);
    boolean struck = disk.isBroken();
    if (struck && fault != Fault.READ && store.condition().state() != State.FAILED) {
      problems.add("failed: the store goes on after " + fault);
    }
    close(store);
    disk.mend();
    if (random.nextBoolean()) {
      powerComesBack(random);
    }
    verify();
  }

  private void powerComesBack(SplittableRandom random) {
    double survival = SURVIVAL[random.nextInt(SURVIVAL.length)];
    PowerLossDisk found = disk.afterLoss(random.nextLong(), survival);
    disk.close();
    disk = found;
    losses++;
  }

  private @Nullable Store open() {
    String url = "h2:fs:" + scheme + disk.path("mail") + options;
    try {
      return Store.open(settings(url), clock());
    } catch (RuntimeException e) {
      if (!disk.isLost()) {
        problems.add("corrupt: the store does not open: " + e + ", cause " + e.getCause());
      }
      return null;
    }
  }

  private Clock clock() {
    return Clock.offset(Clock.systemUTC(), LEAP.multipliedBy(losses));
  }

  private void close(Store store) {
    try {
      store.close();
    } catch (RuntimeException e) {
      if (!disk.isBroken()) {
        problems.add("corrupt: the store does not close: " + e);
      }
    }
  }

  /** Lets all clients work until the power goes, or each for so many steps. */
  private void work(Store store, SplittableRandom random, int steps) {
    List<Thread> threads = new ArrayList<>();
    AtomicBoolean end = new AtomicBoolean();
    for (AccountWorker worker : workers) {
      threads.add(start(random.split(), steps, end, r -> worker.step(store, r)));
    }
    for (int i = 0; i < DELIVERERS; i++) {
      threads.add(start(random.split(), steps, end, r -> deliveries.step(store, r)));
    }
    threads.add(start(random.split(), steps, end, r -> look(store, r)));
    Clock clock = clock();
    threads.add(start(random.split(), steps, end, r -> sender.step(store, clock, r)));
    threads.add(start(random.split(), steps / 10, end, r -> keepHouse(store, r)));
    long deadline = System.nanoTime() + STUCK.toNanos();
    for (Thread thread : threads) {
      while (!join(thread)) {
        if (disk.isBroken()) {
          // A read would wait long for a connection that never comes.
          thread.interrupt();
        }
        if (System.nanoTime() > deadline) {
          problems.add("failed: stuck: " + List.of(thread.getStackTrace()));
          disk.lose();
          return;
        }
      }
    }
  }

  private static boolean join(Thread thread) {
    try {
      return thread.join(Duration.ofMillis(20));
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private interface Step {
    void run(RandomGenerator random);
  }

  private Thread start(RandomGenerator random, int steps, AtomicBoolean end, Step step) {
    return Thread.ofPlatform()
        .start(() -> {
          try {
            for (int i = 0; i < steps && !end.get() && !disk.isBroken(); i++) {
              step.run(random);
            }
          } catch (RuntimeException | AssertionError e) {
            // Without power everything may fail; what was acknowledged is compared later.
            if (!disk.isBroken() || (e instanceof AssertionError && !isOfDatabase(e))) {
              problems.add("failed: a client: " + e + " " + List.of(e.getStackTrace()));
              end.set(true);
            }
          }
        });
  }

  /** The database's own assertions, which are off outside of tests, fail in its threads too. */
  private static boolean isOfDatabase(Throwable e) {
    StackTraceElement[] stack = e.getStackTrace();
    return stack.length > 0 && stack[0].getClassName().startsWith("org.h2.");
  }

  private static void keepHouse(Store store, RandomGenerator random) {
    if (random.nextInt(3) == 0) {
      store.housekeeping().rewriteSparse(1 << (14 + random.nextInt(6)));
    } else {
      store.contents().sweep(1 + random.nextInt(20));
    }
  }

  /** What a client does that only looks, without waiting for anything to be durable. */
  private void look(Store store, RandomGenerator random) {
    AccountWorker worker = workers.get(random.nextInt(workers.size()));
    var inbox = store.mailboxes().find(worker.account, "INBOX").orElseThrow();
    List<MessageEntry> entries = new ArrayList<>();
    store.messages().scan(inbox.id(), Math.max(1, inbox.uidNext() - 4), 0xffff_ffffL, entries::add);
    for (MessageEntry e : entries) {
      see(inbox.id().value(), e.uid(), SampleMail.token(store.contents().header(e.content())));
    }
  }

  private void see(long mailbox, long uid, long token) {
    String problem = seen.see(mailbox, uid, token);
    if (problem != null) {
      problems.add(problem);
    }
  }

  private void verify() {
    store = problems.isEmpty() ? open() : null;
    if (store == null) {
      return;
    }
    try {
      Map<AccountId, AccountModel> read = new HashMap<>();
      for (AccountWorker worker : workers) {
        AccountModel actual = AccountModel.read(store, worker.account, problems);
        settle(worker, actual);
        read.put(worker.account, actual);
        actual.folders.forEach(
            (name, folder) -> folder.entries.forEach(e -> see(folder.mailbox, e.uid(), e.token())));
      }
      deliveries.verify(store, read, problems);
      StoreCheck.run(store).forEach(found -> problems.add("corrupt: " + found));
      read.values().forEach(model -> model.takenFromInbox.addAll(model.maybeTaken));
    } catch (RuntimeException e) {
      problems.add("corrupt: it cannot be read: " + e + " " + List.of(e.getStackTrace()));
    }
  }

  /** Finds out which of the states that may be there is there, and goes on from it. */
  private void settle(AccountWorker worker, AccountModel actual) {
    AccountModel found = worker.current;
    AccountModel pending = worker.pending;
    List<String> differences = found.differences(actual);
    if (pending != null && pending.differences(actual).isEmpty()) {
      if (differences.isEmpty()) {
        // What was only taken from INBOX shows nowhere else.
        actual.maybeTaken.addAll(pending.takenFromInbox);
        actual.maybeTaken.removeAll(found.takenFromInbox);
        inboxTokens(actual).forEach(actual.maybeTaken::remove);
      } else {
        found = pending;
        differences = List.of();
      }
    }
    for (String difference : differences) {
      problems.add("lost: account " + worker.account + " has another state: " + difference);
    }
    actual.takenFromInbox.addAll(found.takenFromInbox);
    inboxTokens(actual)
        .filter(actual.takenFromInbox::contains)
        .forEach(token -> problems.add("lost: the expunge of " + token + " from INBOX"));
    worker.current = actual;
    worker.pending = null;
  }

  private static Stream<Long> inboxTokens(AccountModel actual) {
    var inbox = actual.folders.get("INBOX");
    return inbox == null ? Stream.of() : inbox.entries.stream().map(AccountModel.Entry::token);
  }
}
