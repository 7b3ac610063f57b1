package org.postrider.smtp.relay;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;
import org.postrider.smtp.relay.StatusReport.Action;
import org.postrider.smtp.relay.StatusReport.Line;
import org.postrider.storage.DeliveryQueue;
import org.postrider.storage.DeliveryQueue.Entry;
import org.postrider.storage.DeliveryQueue.Recipient;
import org.postrider.storage.DeliveryQueue.Settlement;
import org.postrider.storage.DeliveryQueue.State;
import org.postrider.storage.StorageException;
import org.postrider.storage.StorageException.Reason;
import org.postrider.storage.Store;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the outcomes of attempts durable, and reports them to senders. A report is stored before
 * what it tells is settled: a crash between makes the next attempt, and perhaps a second report,
 * but never a message that vanished.
 */
final class Settling implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Settling.class);

  /** Transactions that are settled in one step. */
  private static final int GATHERED_MAX = 200;

  /**
   * With so many at once others are close behind: a little later they go together, which costs the
   * store much less. Nobody waits for that but connections that have others beside them.
   */
  private static final int CROWD = 8;

  private static final Duration PAUSE = Duration.ofMillis(20);

  /** How often, and after which pause, outcomes are offered again to a store that takes nothing. */
  private static final int TRIES = 60;

  private static final Duration TRIES_PAUSE = Duration.ofSeconds(5);

  private final Store store;
  private final RelaySettings settings;
  private final String owner;
  private final Clock clock;
  private final StatusReports reports;
  private final BlockingQueue<Waiting> waiting = new LinkedBlockingQueue<>();
  private final Thread thread;
  private volatile boolean closing;

  Settling(Store store, RelaySettings settings, String owner, Clock clock) {
    this.store = store;
    this.settings = settings;
    this.owner = owner;
    this.clock = clock;
    this.reports = new StatusReports(store, settings.hostname(), clock);
    this.thread = Thread.ofVirtual().name("settling").start(this::run);
  }

  /** What is to be made durable; whoever has it done waits for it. */
  private record Waiting(List<Settlement> settlements, CompletableFuture<Boolean> done) {}

  /** What has come of some recipients of an entry: an outcome for each, in their order. */
  record Result(Entry entry, List<Recipient> recipients, List<Outcome> outcomes) {}

  /**
   * Makes outcomes durable. While the store cannot, nothing else is sent by who asked: what was
   * sent and is not noted would be sent again.
   *
   * @param results all of them are made durable in one step, after the reports
   */
  void settle(List<Result> results) throws InterruptedException {
    for (int i = 0; ; i++) {
      try {
        List<Settlement> settlements = new ArrayList<>();
        for (Result result : results) {
          settlements.addAll(decide(result));
        }
        settleNow(settlements);
        return;
      } catch (StorageException e) {
        boolean passing = e.reason() == Reason.UNAVAILABLE || e.reason() == Reason.NO_SPACE;
        if (!passing || closing || i == TRIES) {
          log.error("relay: outcomes of {} attempts are not noted", results.size(), e);
          return;
        }
        log.warn("relay: outcomes cannot be noted now: {}", e.getMessage());
        Thread.sleep(TRIES_PAUSE);
      }
    }
  }

  private void settleNow(List<Settlement> settlements) throws InterruptedException {
    Waiting mine = new Waiting(settlements, new CompletableFuture<>());
    waiting.add(mine);
    try {
      mine.done.get();
    } catch (ExecutionException e) {
      throw e.getCause() instanceof StorageException refused
          ? refused
          : new IllegalStateException("outcomes are not noted", e.getCause());
    }
  }

  private void run() {
    List<Waiting> some = new ArrayList<>();
    try {
      while (true) {
        some.clear();
        some.add(waiting.take());
        waiting.drainTo(some, GATHERED_MAX - 1);
        settleTogether(some);
        if (some.size() >= CROWD && !closing) {
          Thread.sleep(PAUSE);
        }
      }
    } catch (InterruptedException e) {
      log.debug("relay: nothing is settled any more");
    }
  }

  private void settleTogether(List<Waiting> some) {
    try {
      List<Settlement> all = some.stream().flatMap(each -> each.settlements().stream()).toList();
      store.queue().settle(owner, all);
      some.forEach(each -> each.done().complete(true));
    } catch (RuntimeException | Error e) { // whoever waits must hear of it, and others come
      if (some.size() == 1) {
        some.getFirst().done().completeExceptionally(e);
      } else {
        some.forEach(each -> settleTogether(List.of(each)));
      }
    }
  }

  /** It is the end: nobody waits for others, nor for a store that takes nothing. */
  void hurry() {
    closing = true;
  }

  /** Settles nothing any more. */
  @Override
  public void close() {
    closing = true;
    thread.interrupt();
  }

  /** What has come of a recipient of ours; one whose mail was filed is in the queue no more. */
  void settleLocal(Entry entry, Recipient recipient, Outcome outcome) throws InterruptedException {
    if (!outcome.isSent()) {
      settle(List.of(new Result(entry, List.of(recipient), List.of(outcome))));
      return;
    }
    Line line = line(recipient, outcome);
    log(entry, line);
    if (RcptParameters.of(recipient.parameters()).wantsSuccess()) {
      report(entry, Action.DELIVERED, List.of(line));
    }
  }

  private List<Settlement> decide(Result result) {
    Entry entry = result.entry();
    long now = clock.millis();
    Deadline deadline = Deadline.of(entry);
    boolean old =
        now - Deadline.begin(entry) >= settings.giveUpAfter().toMillis()
            || (deadline != null && deadline.comesBack() && deadline.isOver(now));
    List<Line> failed = new ArrayList<>();
    List<Line> delayed = new ArrayList<>();
    List<Line> relayed = new ArrayList<>();
    List<Settlement> settlements = new ArrayList<>();
    for (int i = 0; i < result.recipients().size(); i++) {
      Recipient recipient = result.recipients().get(i);
      Outcome outcome = result.outcomes().get(i);
      RcptParameters wishes = RcptParameters.of(recipient.parameters());
      Line line = line(recipient, outcome);
      switch (outcome.kind()) {
        case SENT, RELAYED -> {
          if (isTold(outcome, wishes, deadline)) {
            relayed.add(line);
          }
          settlements.add(gone(entry, recipient, outcome, "sent"));
        }
        case FAILED -> settlements.add(give(entry, recipient, outcome, failed));
        case DEFERRED -> {
          if (old) {
            settlements.add(give(entry, recipient, expired(outcome), failed));
          } else {
            settlements.add(again(entry, recipient, outcome, delayed, now));
          }
        }
      }
      log(entry, line);
    }
    report(entry, Action.FAILED, failed);
    report(entry, Action.DELAYED, delayed);
    report(entry, Action.RELAYED, relayed);
    return settlements;
  }

  /** Whether the sender hears that the message was passed on. */
  private static boolean isTold(
      Outcome outcome, RcptParameters wishes, @Nullable Deadline deadline) {
    boolean relayed = outcome.kind() == Outcome.Kind.RELAYED;
    boolean timed = deadline != null && (relayed || deadline.traced()); // RFC 2852 §4.1.4, §4.1.5
    return (relayed && wishes.wantsSuccess()) || (timed && !wishes.wantsNothing());
  }

  private static void log(Entry entry, Line line) {
    log.info(
        "{} queue {} {} {}: {}{}",
        entry.session(),
        entry.id(),
        line.outcome().kind(),
        line.address(),
        line.outcome().host().isEmpty() ? "" : line.outcome().host() + " said ",
        line.outcome().reply());
  }

  private static Line line(Recipient recipient, Outcome outcome) {
    return new Line(recipient.address(), recipient.parameters(), outcome);
  }

  private static Settlement gone(Entry entry, Recipient recipient, Outcome outcome, String event) {
    return new Settlement(
        entry.id(), recipient.number(), null, 0, outcome.reply(), false, event, peer(outcome));
  }

  private static DeliveryQueue.Peer peer(Outcome outcome) {
    return new DeliveryQueue.Peer(outcome.host(), outcome.tls());
  }

  /** RFC 3463 §3.5: X.4.7, the time of delivery is over. */
  private static Outcome expired(Outcome last) {
    return new Outcome(
        Outcome.Kind.FAILED, "5.4.7", "given up; last: " + last.reply(), last.host(), last.tls());
  }

  private Settlement give(Entry entry, Recipient recipient, Outcome outcome, List<Line> failed) {
    if (entry.reversePath().isEmpty()) {
      // RFC 5321 §4.5.5: nobody can be told, so the administrator is
      log.warn("queue {} is a dead letter: {}", entry.id(), outcome.reply());
      return new Settlement(
          entry.id(),
          recipient.number(),
          State.FAILED,
          clock.millis(),
          outcome.reply(),
          false,
          "dead-letter",
          peer(outcome));
    }
    if (RcptParameters.of(recipient.parameters()).wantsFailure()) {
      failed.add(line(recipient, outcome));
    }
    return gone(entry, recipient, outcome, "failed");
  }

  private Settlement again(
      Entry entry, Recipient recipient, Outcome outcome, List<Line> delayed, long now) {
    Deadline deadline = Deadline.of(entry);
    long next = now + settings.pauseAfter(Math.max(recipient.attempts(), 1)).toMillis();
    boolean late = deadline != null && deadline.isOver(now);
    if (deadline != null && !late) {
      next = Math.min(next, deadline.at()); // to say so in time
    }
    boolean tell = !recipient.delayTold() && (late || isSlow(entry, now));
    if (tell && RcptParameters.of(recipient.parameters()).wantsDelay()) {
      delayed.add(line(recipient, outcome));
    }
    return new Settlement(
        entry.id(),
        recipient.number(),
        State.WAITING,
        next,
        outcome.reply(),
        recipient.delayTold() || tell,
        "deferred",
        peer(outcome));
  }

  private boolean isSlow(Entry entry, long now) {
    return !settings.delayNoticeAfter().isZero()
        && now - Deadline.begin(entry) >= settings.delayNoticeAfter().toMillis();
  }

  /** How long after its arrival the message is tried. */
  private Duration giveUpAfter(Entry entry) {
    long held = Deadline.begin(entry) - entry.created();
    return settings.giveUpAfter().plusMillis(held);
  }

  private void report(Entry entry, Action action, List<Line> lines) {
    if (!lines.isEmpty()) {
      reports.send(
          action,
          Letter.of(store.contents(), entry),
          entry.session(),
          Instant.ofEpochMilli(entry.created()),
          giveUpAfter(entry),
          lines,
          entry.id());
    }
  }
}
