package org.postrider.smtp.relay;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.postrider.smtp.relay.NextHop.Hosts;
import org.postrider.smtp.relay.NextHop.MailHost;
import org.postrider.smtp.relay.NextHop.Unknown;
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

  /** Jobs in memory for one destination; more stay in the store. */
  private static final int WAITING_MAX = 200;

  /** How long a connection waits for the next message. */
  private static final Duration IDLE = Duration.ofSeconds(2);

  /** The longest sleep of the thread that leases, should nobody wake it. */
  private static final Duration SLEEP_MAX = Duration.ofSeconds(30);

  private static final Duration FAREWELL = Duration.ofSeconds(3);

  private final Store store;
  private final RelaySettings settings;
  private final Clock clock;
  private final NextHops nextHops;
  private final Settling settling;
  private final LocalDelivery local;
  private final String owner = UUID.randomUUID().toString();
  private final Map<String, Destination> destinations = new ConcurrentHashMap<>();
  private final Map<Peer, Boolean> peers = new ConcurrentHashMap<>();
  private final ExecutorService workers = Executors.newVirtualThreadPerTaskExecutor();
  private final Semaphore connections;
  private final Semaphore wake = new Semaphore(0);
  private final Thread thread;
  private volatile boolean closing;

  private Relay(Store store, RelaySettings settings, Clock clock) throws UnknownHostException {
    this.store = store;
    this.settings = settings;
    this.clock = clock;
    this.nextHops = new NextHops(settings);
    this.settling = new Settling(store, settings, owner, clock);
    this.local = new LocalDelivery(store, owner);
    this.connections = new Semaphore(settings.connections(), true);
    this.thread = Thread.ofPlatform().name("relay").daemon().unstarted(this::run);
  }

  /**
   * Starts to bring mail out.
   *
   * @throws IOException when the configured name server has no address
   */
  public static Relay start(Store store, RelaySettings settings, Clock clock) throws IOException {
    Relay relay = new Relay(store, settings, clock);
    store.queue().endLeasesOfOthers(relay.owner);
    store.queue().onArrival(relay::wake);
    relay.thread.start();
    return relay;
  }

  /** Looks into the queue now. */
  public void wake() {
    if (wake.availablePermits() == 0) {
      wake.release();
    }
  }

  private void run() {
    while (!closing) {
      try {
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

  private int leaseAndHandOver() {
    List<String> full = new ArrayList<>();
    destinations.forEach((name, destination) -> {
      if (destination.waiting() >= WAITING_MAX) {
        full.add(name);
      }
    });
    long until = clock.millis() + LEASE.toMillis();
    List<Entry> entries = store.queue().lease(owner, LEASE, LEASE_MAX, full);
    for (Entry entry : entries) {
      handOver(entry, until);
    }
    return entries.size();
  }

  private void handOver(Entry entry, long until) {
    Map<String, List<Recipient>> together = new LinkedHashMap<>();
    List<Recipient> ours = new ArrayList<>();
    for (Recipient recipient : entry.recipients()) {
      if (local.isOurs(recipient)) {
        ours.add(recipient);
        continue;
      }
      together
          .computeIfAbsent(nextHops.destination(recipient.domain()), key -> new ArrayList<>())
          .add(recipient);
    }
    if (!ours.isEmpty()) {
      workers.execute(() -> file(entry, ours));
    }
    together.forEach((name, recipients) -> {
      Destination destination =
          destinations.computeIfAbsent(name, key -> new Destination(key, settings, clock));
      int max = settings.recipientsPerTransaction();
      for (int i = 0; i < recipients.size(); i += max) {
        List<Recipient> some = recipients.subList(i, Math.min(i + max, recipients.size()));
        if (destination.add(new Job(entry, List.copyOf(some), until))) {
          workers.execute(() -> work(destination));
        }
      }
    });
  }

  /** Mail for our own domains needs no connection. */
  private void file(Entry entry, List<Recipient> recipients) {
    for (Recipient recipient : recipients) {
      try {
        settling.settleLocal(entry, recipient, local.deliver(entry, recipient));
      } catch (RuntimeException e) {
        // The lease ends some time, and then another attempt is made.
        log.error("relay: queue {} for {} failed", entry.id(), recipient.address(), e);
      }
    }
  }

  /** A worker: one connection at a time to one destination, while there are jobs for it. */
  private void work(Destination destination) {
    @Nullable Peer peer = null;
    try {
      do {
        Job job;
        while (!closing && (job = destination.take(peer == null ? Duration.ZERO : IDLE)) != null) {
          peer = make(destination, job, peer);
        }
      } while (!closing && destination.leave());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      // The lease ends some time, and then another attempt is made.
      log.error("relay: a worker for {} failed", destination.name(), e);
      destination.leave();
    } finally {
      release(peer);
      wake();
    }
  }

  /** Makes the job's transaction; returns the connection for the next one, if it can be used. */
  private @Nullable Peer make(Destination destination, Job job, @Nullable Peer open)
      throws InterruptedException {
    if (clock.millis() >= job.leasedUntil()) {
      return open;
    }
    Outcome down = open == null ? destination.down() : null;
    if (down != null) {
      settling.settle(List.of(job.all(down)));
      return null;
    }
    @Nullable Peer peer = open;
    try {
      if (peer == null) {
        peer = connect(job.recipients().getFirst().domain());
      }
      Letter letter = Letter.of(store.contents(), job.entry());
      List<Peer.Recipient> recipients =
          job.recipients().stream()
              .map(recipient -> new Peer.Recipient(recipient.address(), recipient.parameters()))
              .toList();
      List<Outcome> outcomes = peer.send(letter, recipients);
      settling.settle(List.of(new Settling.Result(job.entry(), job.recipients(), outcomes)));
      if (peer.isUsable()) {
        destination.succeed();
        return peer;
      }
      destination.slowDown();
      release(peer);
      return null;
    } catch (PeerRefusal e) {
      fail(destination, job, e.outcome());
      return null;
    } catch (IOException e) {
      boolean undecided = peer != null && peer.isUndecided();
      release(peer);
      if (peer != null && open != null && !undecided && !closing) {
        return make(destination, job, null); // it had waited too long; a new one will do
      }
      broken(destination, job, peer, e);
      return null;
    } catch (StorageException e) {
      release(peer);
      unreadable(job, e);
      return null;
    }
  }

  private void broken(Destination destination, Job job, @Nullable Peer peer, IOException e) {
    if (peer == null) {
      fail(destination, job, Outcome.deferred("4.4.1", reason(e)));
    } else {
      destination.slowDown();
      settling.settle(
          List.of(job.all(new Outcome(Outcome.Kind.DEFERRED, "4.4.2", reason(e), peer.name()))));
    }
  }

  private static String reason(IOException e) {
    return e instanceof PeerException || e.getMessage() == null
        ? e.toString().replaceFirst("^[\\w.]*PeerException: ", "")
        : e.getClass().getSimpleName() + ": " + e.getMessage();
  }

  /** A content that cannot be read is tried again later: the disk may be had right. */
  private void unreadable(Job job, StorageException e) {
    log.error("queue {} cannot be read", job.entry().id(), e);
    settling.settle(List.of(job.all(Outcome.deferred("4.3.0", "the message cannot be read now"))));
  }

  private void fail(Destination destination, Job job, Outcome outcome) {
    List<Settling.Result> results = new ArrayList<>();
    results.add(job.all(outcome));
    for (Job other : destination.fail(outcome)) {
      // Behind one route there are many domains, of which each has its own failures.
      results.add(other.all(outcome));
    }
    settling.settle(results);
  }

  private void release(@Nullable Peer peer) {
    if (peer != null && peers.remove(peer) != null) {
      peer.close();
      connections.release();
    }
  }

  /**
   * Connects to the first of the domain's hosts that takes us.
   *
   * @throws PeerRefusal when no host takes us, with what the last one said
   * @throws IOException when no host could be reached
   */
  private Peer connect(String domain) throws PeerRefusal, IOException, InterruptedException {
    NextHop hop = nextHops.of(domain);
    if (hop instanceof Unknown(Outcome outcome)) {
      throw new PeerRefusal(outcome);
    }
    @Nullable PeerRefusal refusal = null;
    @Nullable IOException unreachable = null;
    connections.acquire();
    boolean connected = false;
    try {
      for (MailHost host : ((Hosts) hop).hosts()) {
        for (InetAddress address : host.addresses()) {
          try {
            Peer peer = Peer.open(host, address, settings);
            peers.put(peer, true);
            connected = true;
            return peer;
          } catch (PeerRefusal e) {
            refusal = e;
          } catch (IOException e) {
            log.debug("relay: {} [{}]", host.name(), address.getHostAddress(), e);
            unreachable =
                new PeerException(
                    host.name() + " [" + address.getHostAddress() + "]: " + reason(e), e);
          }
        }
      }
    } finally {
      if (!connected) {
        connections.release();
      }
    }
    if (refusal != null) {
      throw refusal;
    }
    throw unreachable == null ? new PeerException("no host") : unreachable;
  }

  /** Stops; what is under way is given some seconds to end, and is tried again otherwise. */
  @Override
  public void close() {
    closing = true;
    store.queue().onArrival(() -> {});
    wake();
    workers.shutdown();
    try {
      thread.join();
      destinations.values().forEach(Destination::close);
      if (!workers.awaitTermination(FAREWELL.toMillis(), TimeUnit.MILLISECONDS)) {
        workers.shutdownNow();
        peers.keySet().forEach(Peer::abort);
        if (!workers.awaitTermination(FAREWELL.toMillis(), TimeUnit.MILLISECONDS)) {
          log.warn("relay: connections are still busy after {}", FAREWELL);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
