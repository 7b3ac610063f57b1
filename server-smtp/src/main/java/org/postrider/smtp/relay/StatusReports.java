package org.postrider.smtp.relay;

import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postrider.smtp.relay.StatusReport.Action;
import org.postrider.smtp.relay.StatusReport.Line;
import org.postrider.storage.ContentId;
import org.postrider.storage.ContentWriter;
import org.postrider.storage.Delivery;
import org.postrider.storage.Delivery.WhenFull;
import org.postrider.storage.Group;
import org.postrider.storage.QueueEntryId;
import org.postrider.storage.Resolution;
import org.postrider.storage.Resolution.LocalRecipient;
import org.postrider.storage.StagedContent;
import org.postrider.storage.Store;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells senders what became of their mail: each report is a message of its own (RFC 3461 §6). */
public final class StatusReports {
  private static final Logger log = LoggerFactory.getLogger(StatusReports.class);

  private final Store store;
  private final String hostname;
  private final Clock clock;

  public StatusReports(Store store, String hostname, Clock clock) {
    this.store = store;
    this.hostname = hostname;
    this.clock = clock;
  }

  /**
   * A message that has arrived.
   *
   * @param reversePath empty for {@code <>}
   * @param options parameters of MAIL that were kept
   * @param session in which it came
   */
  public record Arrived(
      ContentId content, String reversePath, String options, long size, String session) {}

  /**
   * A recipient for whom all was done when the message arrived.
   *
   * @param address as RCPT had it
   * @param parameters of RCPT that were kept
   * @param expanded whether the address is that of a group
   */
  public record Done(String address, String parameters, boolean expanded) {}

  /** Tells the sender of those recipients of whom he wanted to hear that. */
  public void done(Arrived message, List<Done> recipients) {
    Letter letter =
        Letter.of(
            store.contents(),
            message.content(),
            message.reversePath(),
            message.options(),
            message.size());
    for (boolean expanded : new boolean[] {false, true}) {
      List<Line> lines =
          recipients.stream()
              .filter(one -> one.expanded() == expanded)
              .map(one ->
                  new Line(
                      one.address(),
                      one.parameters(),
                      new Outcome(Outcome.Kind.SENT, "2.1.5", "Ok", "")))
              .toList();
      send(
          expanded ? Action.EXPANDED : Action.DELIVERED,
          letter,
          message.session(),
          clock.instant(),
          Duration.ZERO,
          lines,
          null);
    }
  }

  /**
   * Sends a report, when there are lines and a sender; it is durable on return.
   *
   * @param session in which the message came, for the audit log
   * @param giveUpAfter how long it is tried after its arrival
   * @param entry of the queue that it tells of, or null
   */
  void send(
      Action action,
      Letter letter,
      String session,
      Instant arrival,
      Duration giveUpAfter,
      List<Line> lines,
      @Nullable QueueEntryId entry) {
    String sender = letter.reversePath();
    if (lines.isEmpty() || sender.isEmpty()) {
      return;
    }
    int at = sender.lastIndexOf('@');
    List<Delivery.Target> local = new ArrayList<>();
    List<Delivery.Remote> remote = new ArrayList<>();
    switch (store.directory().resolve(sender.substring(0, at), sender.substring(at + 1))) {
      case Resolution.Deliverable(
              List<LocalRecipient> targets,
              List<String> others,
              boolean _,
              Group _) -> {
        // A mailbox without room gets its report from the queue, when there is some.
        targets.forEach(target ->
            local.add(
                new Delivery.Target(target.account(), "INBOX", target.address(), WhenFull.QUEUE)));
        others.forEach(other -> remote.add(new Delivery.Remote(other, "NOTIFY=NEVER")));
      }
      case Resolution.NotLocal() -> remote.add(new Delivery.Remote(sender, "NOTIFY=NEVER"));
      case Resolution.UnknownUser(), Resolution.Disabled() -> {
        log.warn("{}: {} is there no more, so nobody is told", session, sender);
        return;
      }
    }
    StatusReport report =
        new StatusReport(
            hostname, action, letter, arrival, arrival.plus(giveUpAfter), List.copyOf(lines));
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
                    options(letter),
                    clock.millis(),
                    session,
                    null,
                    0,
                    0,
                    new Delivery.Origin("", "", entry)));
      }
    } catch (IOException e) {
      throw new IllegalStateException("the store's writer does not fail that way", e);
    }
  }

  /** What the message needed its report needs too (RFC 6533 §4, RFC 8689 §5). */
  private static String options(Letter letter) {
    List<String> options = new ArrayList<>();
    for (String keyword : List.of("SMTPUTF8", "REQUIRETLS")) {
      if (letter.has(keyword)) {
        options.add(keyword);
      }
    }
    return String.join(" ", options);
  }
}
