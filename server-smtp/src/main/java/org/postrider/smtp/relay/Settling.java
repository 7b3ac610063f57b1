package org.postrider.smtp.relay;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postrider.smtp.relay.StatusReport.Action;
import org.postrider.smtp.relay.StatusReport.Line;
import org.postrider.storage.DeliveryQueue;
import org.postrider.storage.DeliveryQueue.Entry;
import org.postrider.storage.DeliveryQueue.Recipient;
import org.postrider.storage.DeliveryQueue.Settlement;
import org.postrider.storage.DeliveryQueue.State;
import org.postrider.storage.Store;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the outcomes of attempts durable, and reports them to senders. A report is stored before
 * what it tells is settled: a crash between makes the next attempt, and perhaps a second report,
 * but never a message that vanished.
 */
final class Settling {
  private static final Logger log = LoggerFactory.getLogger(Settling.class);

  private final Store store;
  private final RelaySettings settings;
  private final String owner;
  private final Clock clock;
  private final StatusReports reports;

  Settling(Store store, RelaySettings settings, String owner, Clock clock) {
    this.store = store;
    this.settings = settings;
    this.owner = owner;
    this.clock = clock;
    this.reports = new StatusReports(store, settings.hostname(), clock);
  }

  /** What has come of some recipients of an entry: an outcome for each, in their order. */
  record Result(Entry entry, List<Recipient> recipients, List<Outcome> outcomes) {}

  /**
   * @param results all of them are made durable in one step, after the reports
   */
  void settle(List<Result> results) {
    List<Settlement> settlements = new ArrayList<>();
    for (Result result : results) {
      settlements.addAll(decide(result));
    }
    store.queue().settle(owner, settlements);
  }

  /** What has come of a recipient of ours; one whose mail was filed is in the queue no more. */
  void settleLocal(Entry entry, Recipient recipient, Outcome outcome) {
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
