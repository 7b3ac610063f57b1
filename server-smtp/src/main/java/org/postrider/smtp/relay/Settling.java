package org.postrider.smtp.relay;

import java.io.IOException;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.postrider.smtp.relay.StatusReport.Action;
import org.postrider.smtp.relay.StatusReport.Line;
import org.postrider.storage.ContentWriter;
import org.postrider.storage.Delivery;
import org.postrider.storage.DeliveryQueue.Entry;
import org.postrider.storage.DeliveryQueue.Recipient;
import org.postrider.storage.DeliveryQueue.Settlement;
import org.postrider.storage.DeliveryQueue.State;
import org.postrider.storage.Resolution;
import org.postrider.storage.Resolution.LocalRecipient;
import org.postrider.storage.StagedContent;
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

  Settling(Store store, RelaySettings settings, String owner, Clock clock) {
    this.store = store;
    this.settings = settings;
    this.owner = owner;
    this.clock = clock;
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
    Line line = new Line(recipient, outcome);
    log(entry, line);
    if (RcptParameters.of(recipient.parameters()).wantsSuccess()) {
      report(entry, Action.DELIVERED, List.of(line));
    }
  }

  private List<Settlement> decide(Result result) {
    Entry entry = result.entry();
    long now = clock.millis();
    boolean old = now - entry.created() >= settings.giveUpAfter().toMillis();
    List<Line> failed = new ArrayList<>();
    List<Line> delayed = new ArrayList<>();
    List<Line> relayed = new ArrayList<>();
    List<Settlement> settlements = new ArrayList<>();
    for (int i = 0; i < result.recipients().size(); i++) {
      Recipient recipient = result.recipients().get(i);
      Outcome outcome = result.outcomes().get(i);
      RcptParameters wishes = RcptParameters.of(recipient.parameters());
      Line line = new Line(recipient, outcome);
      switch (outcome.kind()) {
        case SENT -> settlements.add(gone(entry, line, "sent"));
        case RELAYED -> {
          if (wishes.wantsSuccess()) {
            relayed.add(line);
          }
          settlements.add(gone(entry, line, "sent"));
        }
        case FAILED -> settlements.add(give(entry, line, wishes, failed));
        case DEFERRED -> {
          if (old) {
            settlements.add(give(entry, expired(line), wishes, failed));
          } else {
            settlements.add(again(entry, line, wishes, delayed, now));
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

  private static void log(Entry entry, Line line) {
    log.info(
        "{} queue {} {} {}: {}{}",
        entry.session(),
        entry.id(),
        line.outcome().kind(),
        line.recipient().address(),
        line.outcome().host().isEmpty() ? "" : line.outcome().host() + " said ",
        line.outcome().reply());
  }

  private static Settlement gone(Entry entry, Line line, String event) {
    return new Settlement(
        entry.id(), line.recipient().number(), null, 0, shown(line.outcome()), false, event);
  }

  private static String shown(Outcome outcome) {
    return outcome.host().isEmpty() ? outcome.reply() : outcome.host() + ": " + outcome.reply();
  }

  /** RFC 3463 §3.5: X.4.7, the time of delivery is over. */
  private static Line expired(Line line) {
    Outcome last = line.outcome();
    return new Line(
        line.recipient(),
        new Outcome(Outcome.Kind.FAILED, "5.4.7", "given up; last: " + last.reply(), last.host()));
  }

  private Settlement give(Entry entry, Line line, RcptParameters wishes, List<Line> failed) {
    if (entry.reversePath().isEmpty()) {
      // RFC 5321 §4.5.5: nobody can be told, so the administrator is
      log.warn("queue {} is a dead letter: {}", entry.id(), line.outcome().reply());
      return new Settlement(
          entry.id(),
          line.recipient().number(),
          State.FAILED,
          clock.millis(),
          shown(line.outcome()),
          false,
          "dead-letter");
    }
    if (wishes.wantsFailure()) {
      failed.add(line);
    }
    return gone(entry, line, "failed");
  }

  private Settlement again(
      Entry entry, Line line, RcptParameters wishes, List<Line> delayed, long now) {
    Recipient recipient = line.recipient();
    boolean tell =
        !recipient.delayTold()
            && !settings.delayNoticeAfter().isZero()
            && now - entry.created() >= settings.delayNoticeAfter().toMillis();
    if (tell && wishes.wantsDelay() && !entry.reversePath().isEmpty()) {
      delayed.add(line);
    }
    return new Settlement(
        entry.id(),
        recipient.number(),
        State.WAITING,
        now + settings.pauseAfter(Math.max(recipient.attempts(), 1)).toMillis(),
        shown(line.outcome()),
        recipient.delayTold() || tell,
        "deferred");
  }

  private void report(Entry entry, Action action, List<Line> lines) {
    if (lines.isEmpty()) {
      return;
    }
    String sender = entry.reversePath();
    int at = sender.lastIndexOf('@');
    List<Delivery.Target> local = new ArrayList<>();
    List<Delivery.Remote> remote = new ArrayList<>();
    switch (store.directory().resolve(sender.substring(0, at), sender.substring(at + 1))) {
      case Resolution.Deliverable(List<LocalRecipient> targets, List<String> others, boolean _) -> {
        targets.forEach(
            target -> local.add(new Delivery.Target(target.account(), "INBOX", target.address())));
        others.forEach(other -> remote.add(new Delivery.Remote(other, "NOTIFY=NEVER")));
      }
      case Resolution.NotLocal() -> remote.add(new Delivery.Remote(sender, "NOTIFY=NEVER"));
      case Resolution.UnknownUser(), Resolution.Disabled() -> {
        log.warn("queue {}: {} is there no more, so nobody is told", entry.id(), sender);
        return;
      }
    }
    Letter letter = Letter.of(store.contents(), entry);
    Instant giveUpAt = Instant.ofEpochMilli(entry.created()).plus(settings.giveUpAfter());
    StatusReport report =
        new StatusReport(settings.hostname(), action, entry, letter, List.copyOf(lines), giveUpAt);
    try (ContentWriter writer = store.contents().write()) {
      report.writeTo(writer, clock.instant());
      try (StagedContent content = writer.finish()) {
        store
            .queue()
            .deliver(
                new Delivery(
                    content,
                    "",
                    local,
                    remote,
                    letter.has("SMTPUTF8") ? "SMTPUTF8" : "",
                    clock.millis(),
                    entry.session(),
                    null));
      }
    } catch (IOException e) {
      throw new IllegalStateException("the store's writer does not fail that way", e);
    }
  }
}
