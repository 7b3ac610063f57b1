package org.postrider.smtp.relay;

import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.postrider.storage.DeliveryQueue.Entry;
import org.postrider.storage.DeliveryQueue.Recipient;
import org.postrider.storage.StorageException;
import org.postrider.storage.Store;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings out what is in the queue: leases what is due, hands it to destinations, and settles what
 * comes of it (RFC 5321 §4.5.4). A crash at any instant loses nothing: what was leased is tried
 * again, so that at worst a message arrives twice (RFC 1047).
 */
public final class Relay implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Relay.class);
  private static final Duration LEASE = Duration.ofHours(1);
  private static final int LEASE_MAX = 500;

  /** Messages that go over a connection while others wait for one. */
  private static final int TURN_MAX = 20;

  /** How long a connection waits for the next message. */
  private static final Duration IDLE = Duration.ofSeconds(2);

  /** The longest sleep of the thread that leases, should nobody wake it. */
  private static final Duration SLEEP_MAX = Duration.ofSeconds(30);

  /** Results that are made durable in one step. */
  private static final int SETTLED_MAX = 100;

  private static final Duration FAREWELL = Duration.ofSeconds(3);

  private final Store store;
  private final RelaySettings settings;
  private final Clock clock;
  private final NextHops nextHops;
  private final Connections connections;
  private final Settling settling;
  private final LocalDelivery local;
  private final String owner = UUID.randomUUID().toString();
  private final Map<Destination.Key, Destination> destinations = new ConcurrentHashMap<>();
  private final ExecutorService workers = Executors.newVirtualThreadPerTaskExecutor();
  private final Semaphore wake = new Semaphore(0);
  private final Arrivals arrivals;
  private final Thread thread;
  private volatile boolean closing;

  private Relay(Store store, RelaySettings settings, Clock clock) throws IOException {
    this.store = store;
    this.settings = settings;
    this.clock = clock;
    PeerTls tls = new PeerTls(settings.tls().authorities());
    this.nextHops = new NextHops(settings, tls, clock);
    this.connections = new Connections(settings, tls, nextHops);
    this.settling = new Settling(store, settings, owner, clock);
    this.local = new LocalDelivery(store, owner);
    this.arrivals = new Arrivals(owner, LEASE, nextHops::destination, destinations, this::handOver);
    this.thread = Thread.ofPlatform().name("relay").daemon().unstarted(this::run);
  }

  /**
   * Starts to bring mail out.
   *
   * @throws IOException when the configured name server has no address, or a file of the settings
   *     cannot be read
   */
  public static Relay start(Store store, RelaySettings settings, Clock clock) throws IOException {
    Relay relay = new Relay(store, settings, clock);
    store.queue().endLeasesOfOthers(relay.owner);
    store.queue().onArrival(relay::wake);
    store.queue().carrier(relay.arrivals);
    store.queue().onRestart(relay::restart);
    relay.thread.start();
    return relay;
  }

  /** Looks into the queue now. */
  public void wake() {
    if (wake.availablePermits() == 0) {
      wake.release();
    }
  }

  /** Somebody wants mail tried now: what is known of hosts that were down counts no more. */
  private void restart() {
    destinations.values().forEach(Destination::mayBeUp);
    wake();
  }

  private void run() {
    while (!closing) {
      try {
        forgetIdle();
        if (leaseAndHandOver() == 0) {
          sleep();
        }
      } catch (StorageException e) {
        log.warn("relay: the queue cannot be read now: {}", e.getMessage());
        pause(SLEEP_MAX);
      } catch (RuntimeException e) {
        log.error("relay: failed, will try again", e);
        pause(SLEEP_MAX);
      }
    }
  }

  private void sleep() {
    OptionalLong due = store.queue().nextDue();
    long millis = SLEEP_MAX.toMillis();
    if (due.isPresent()) {
      // What is due and was not leased belongs to a full destination: a worker wakes us.
      long left = due.getAsLong() - clock.millis();
      millis = left <= 0 ? 1000 : Math.min(millis, left);
    }
    pause(Duration.ofMillis(millis));
  }

  private void pause(Duration time) {
    try {
      if (wake.tryAcquire(time.toMillis(), TimeUnit.MILLISECONDS)) {
        wake.drainPermits();
      }
    } catch (InterruptedException e) {
      closing = true;
    }
  }

  /** A destination that nothing was sent to for long starts anew when there is something. */
  private void forgetIdle() {
    destinations
        .keySet()
        .forEach(key ->
            destinations.computeIfPresent(
                key, (same, destination) -> destination.isIdle() ? null : destination));
  }

  /** How many destinations something is known of. */
  int destinations() {
    return destinations.size();
  }

  private int leaseAndHandOver() {
    Set<String> full = new HashSet<>();
    Set<String> shut = new HashSet<>();
    destinations.forEach((key, destination) -> {
      if (destination.isFull()) {
        full.add(key.name());
      } else if (destination.down() != null) {
        shut.add(key.name());
      }
    });
    shut.addAll(full);
    Set<String> before = arrivals.behind();
    int leased = leaseAndHandOver(shut, LEASE_MAX);
    arrivals.looked(before, shut, leased < LEASE_MAX);
    // What can only hear that nothing is taken comes last, and few at a time.
    return shut.size() == full.size() ? leased : leased + leaseAndHandOver(full, SETTLED_MAX);
  }

  /** Returns the number of recipients. */
  private int leaseAndHandOver(Set<String> without, int max) {
    long until = clock.millis() + LEASE.toMillis();
    NextHops.Domains open = nextHops.open(without);
    List<Entry> entries =
        open.only()
            ? store.queue().leaseOf(owner, LEASE, max, open.domains())
            : store.queue().lease(owner, LEASE, max, open.domains());
    entries.forEach(entry -> handOver(entry, until));
    return entries.stream().mapToInt(entry -> entry.recipients().size()).sum();
  }

  private void handOver(Entry entry, long until) {
    Map<String, List<Recipient>> together = new LinkedHashMap<>();
    List<Recipient> ours = new ArrayList<>();
    List<Recipient> givenUp = new ArrayList<>();
    for (Recipient recipient : entry.recipients()) {
      if (!recipient.verdict().isEmpty()) {
        givenUp.add(recipient);
      } else if (recipient.route().isEmpty() && local.isOurs(recipient)) {
        ours.add(recipient);
      } else {
        together
            .computeIfAbsent(nextHops.destination(recipient), key -> new ArrayList<>())
            .add(recipient);
      }
    }
    if (!givenUp.isEmpty()) {
      workers.execute(() -> giveUp(entry, givenUp));
    }
    if (!ours.isEmpty()) {
      workers.execute(() -> file(entry, ours));
    }
    boolean required =
        Arrays.asList(entry.envelopeOptions().split(" ", -1)).contains(Letter.REQUIRETLS);
    TlsWish wish = required ? TlsWish.REQUIRED : TlsWish.BY_POLICY;
    together.forEach((name, recipients) -> {
      int max = settings.recipientsPerTransaction();
      for (int i = 0; i < recipients.size(); i += max) {
        List<Recipient> some = recipients.subList(i, Math.min(i + max, recipients.size()));
        handOver(new Destination.Key(name, wish), new Job(entry, List.copyOf(some), until));
      }
    });
  }

  private void handOver(Destination.Key key, Job job) {
    boolean[] more = new boolean[1];
    Destination destination =
        destinations.compute(
            key,
            (same, known) -> {
              Destination here = known == null ? new Destination(same, settings, clock) : known;
              more[0] = here.add(job, connections.areScarce());
              return here;
            });
    if (more[0]) {
      workers.execute(() -> work(destination));
    }
  }

  /** Mail for our own domains needs no connection. */
  private void file(Entry entry, List<Recipient> recipients) {
    for (Recipient recipient : recipients) {
      try {
        Outcome missed = Deadline.missed(entry, clock.instant());
        settling.settleLocal(
            entry, recipient, missed == null ? local.deliver(entry, recipient) : missed);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      } catch (RuntimeException e) {
        // The lease ends some time, and then another attempt is made.
        log.error("relay: queue {} for {} failed", entry.id(), recipient.address(), e);
      }
    }
  }

  /** An administrator gave them up. */
  private void giveUp(Entry entry, List<Recipient> recipients) {
    List<Outcome> outcomes =
        recipients.stream().map(each -> Outcome.failed("5.0.0", each.verdict())).toList();
    try {
      settling.settle(List.of(new Settling.Result(entry, recipients, outcomes)));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      // The lease ends some time, and then they are given up.
      log.error("relay: queue {} was not given up", entry.id(), e);
    }
  }

  /** A worker: one connection at a time to one destination, while there are jobs for it. */
  private void work(Destination destination) {
    @Nullable Peer peer = null;
    boolean worked = false;
    try {
      do {
        Job job;
        while (!closing && (job = next(destination, peer)) != null) {
          worked = true;
          if (destination.waiting() == Destination.WAITING_MAX / 2) {
            wake(); // there is room for more
          }
          peer = make(destination, job, peer);
          if (peer != null && peer.transactions() >= TURN_MAX && connections.areAwaited()) {
            connections.close(peer); // it is the turn of others
            peer = null;
          }
        }
      } while (!closing && destination.leave());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      connections.close(peer);
      if (worked) {
        wake();
      }
    }
  }

  /** The next job of a worker, who waits for none where connections are wanted elsewhere. */
  private @Nullable Job next(Destination destination, @Nullable Peer peer)
      throws InterruptedException {
    if (!connections.areShort()) {
      return destination.take(peer == null ? Duration.ZERO : IDLE);
    }
    return peer == null && destination.hasOthers() ? null : destination.take(Duration.ZERO);
  }

  /** Makes the job's transaction; returns the connection for the next one, if it can be used. */
  private @Nullable Peer make(Destination destination, Job job, @Nullable Peer open)
      throws InterruptedException {
    @Nullable Peer peer = open;
    Job mine = job;
    try {
      if (clock.millis() >= job.leasedUntil()) {
        peer = null;
        return open;
      }
      Outcome missed = Deadline.missed(job.entry(), clock.instant());
      if (missed != null) {
        settleAll(destination, job, List.of(), missed);
        peer = null;
        return open;
      }
      Outcome down = open == null ? destination.down() : null;
      if (down != null) {
        settleAll(destination, job, destination.drain(SETTLED_MAX - 1), down);
        return null;
      }
      if (peer == null) {
        peer = connections.open(job.recipients().getFirst(), destination.key().wish());
      }
      int fitting = peer.fitting(job.addressees());
      if (fitting < job.recipients().size()) {
        mine = job.part(0, fitting);
        handOver(destination.key(), job.part(fitting, job.recipients().size()));
      }
      send(destination, mine, peer);
      if (peer.isUsable()) {
        destination.succeed();
        Peer next = peer;
        peer = null;
        return next;
      }
      if (!peer.isSpent()) {
        destination.slowDown();
      }
    } catch (PeerRefusal e) {
      settleAll(destination, mine, destination.fail(e.outcome()), e.outcome());
    } catch (IOException e) {
      boolean undecided = peer != null && peer.isUndecided();
      connections.close(peer);
      if (peer != null && open != null && !undecided && !closing) {
        return make(destination, mine, null); // it had waited too long; a new one will do
      }
      broken(destination, mine, peer, e);
    } catch (StorageException e) {
      // The disk may be had right.
      log.error("queue {} cannot be read", job.entry().id(), e);
      settleAll(
          destination,
          mine,
          List.of(),
          Outcome.deferred("4.3.0", "the message cannot be read now"));
    } catch (RuntimeException e) {
      // The lease ends some time, and then another attempt is made.
      log.error(
          "queue {}: an attempt for {} failed", job.entry().id(), destination.key().name(), e);
    } finally {
      connections.close(peer);
    }
    return null;
  }

  /** Makes the transaction and settles it; who has to go in another one waits for that. */
  private void send(Destination destination, Job job, Peer peer)
      throws IOException, InterruptedException {
    String protection = peer.protection();
    Letter letter = Letter.of(store.contents(), job.entry(), clock.instant());
    List<Outcome> outcomes = peer.send(letter, job.addressees());
    boolean some = outcomes.stream().anyMatch(Outcome::isSent); // so that it comes to an end
    List<Recipient> tried = new ArrayList<>();
    List<Outcome> known = new ArrayList<>();
    List<Recipient> rest = new ArrayList<>();
    for (int i = 0; i < outcomes.size(); i++) {
      Recipient recipient = job.recipients().get(i);
      if (some && outcomes.get(i).isOneTooMany()) {
        rest.add(recipient);
      } else {
        tried.add(recipient);
        known.add(outcomes.get(i).over(protection));
      }
    }
    settling.settle(List.of(new Settling.Result(job.entry(), tried, known)));
    if (!rest.isEmpty()) {
      handOver(destination.key(), new Job(job.entry(), List.copyOf(rest), job.leasedUntil()));
    }
  }

  private void broken(Destination destination, Job job, @Nullable Peer peer, IOException e)
      throws InterruptedException {
    if (peer == null) {
      Outcome outcome = Outcome.deferred("4.4.1", Connections.reason(e));
      settleAll(destination, job, destination.fail(outcome), outcome);
    } else {
      destination.slowDown();
      settleAll(
          destination,
          job,
          List.of(),
          new Outcome(
              Outcome.Kind.DEFERRED,
              "4.4.2",
              Connections.reason(e),
              peer.name(),
              peer.protection()));
    }
  }

  /** The same outcome for a job and others, so many of them at a time that nobody waits long. */
  private void settleAll(Destination destination, Job job, List<Job> others, Outcome outcome)
      throws InterruptedException {
    List<Job> jobs = new ArrayList<>(others);
    jobs.addFirst(job);
    if (outcome.isByTlsPolicy() && destination.key().wish() == TlsWish.BY_POLICY) {
      jobs.removeIf(each -> takenElsewhere(destination, each));
    }
    for (int i = 0; i < jobs.size(); i += SETTLED_MAX) {
      List<Job> some = jobs.subList(i, Math.min(i + SETTLED_MAX, jobs.size()));
      settling.settle(some.stream().map(each -> each.all(outcome)).toList());
    }
  }

  /** RFC 8689 §5: where a policy keeps mail back, that goes whose sender did not ask for it. */
  private boolean takenElsewhere(Destination destination, Job job) {
    try {
      if (Letter.of(store.contents(), job.entry()).tlsWish() == TlsWish.OPTIONAL) {
        handOver(new Destination.Key(destination.key().name(), TlsWish.OPTIONAL), job);
        return true;
      }
    } catch (StorageException e) {
      log.warn("queue {} cannot be read now", job.entry().id(), e);
    }
    return false;
  }

  /** Stops; what is under way is given some seconds to end, and is tried again otherwise. */
  @Override
  public void close() {
    closing = true;
    arrivals.close();
    settling.hurry();
    store.queue().onArrival(() -> {});
    store.queue().carrier(null);
    store.queue().onRestart(() -> {});
    wake();
    try {
      thread.join();
      workers.shutdown();
      destinations.values().forEach(Destination::close);
      if (!workers.awaitTermination(FAREWELL.toMillis(), TimeUnit.MILLISECONDS)) {
        workers.shutdownNow();
        connections.abort();
        if (!workers.awaitTermination(FAREWELL.toMillis(), TimeUnit.MILLISECONDS)) {
          log.warn("relay: connections are still busy after {}", FAREWELL);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    settling.close();
    nextHops.close();
  }
}
