package org.postrider.smtp;

import java.io.IOException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postrider.smtp.Envelope.Parcel;
import org.postrider.smtp.Envelope.Recipient;
import org.postrider.smtp.PathParser.PathSyntaxException;
import org.postrider.smtp.check.Candidate;
import org.postrider.smtp.relay.StatusReports;
import org.postrider.smtp.relay.StatusReports.Done;
import org.postrider.storage.Account;
import org.postrider.storage.ContentWriter;
import org.postrider.storage.Delivery;
import org.postrider.storage.Delivery.Target;
import org.postrider.storage.Mailbox;
import org.postrider.storage.SpecialUse;
import org.postrider.storage.StagedContent;
import org.postrider.storage.StorageException;
import org.postrider.storage.Store;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A message that passed the checks, on its way into the store: for all recipients in one step,
 * which is the instant of responsibility (RFC 5321 §4.1.1.4, §6.1).
 */
final class Acceptance {
  private static final Logger log = LoggerFactory.getLogger(Acceptance.class);

  private final Store store;
  private final Clock clock;
  private final StatusReports reports;
  private final IncomingMessage message;
  private final StagedContent content;
  private final Candidate candidate;
  private final Filing filing;

  Acceptance(
      Store store,
      Clock clock,
      StatusReports reports,
      IncomingMessage message,
      StagedContent content,
      Candidate candidate,
      Filing filing) {
    this.store = store;
    this.clock = clock;
    this.reports = reports;
    this.message = message;
    this.content = content;
    this.candidate = candidate;
    this.filing = filing;
  }

  /**
   * @param sender who handed it in after AUTH, or null
   * @throws org.postrider.storage.StorageException when the store can't take it
   */
  Receipt deliver(@Nullable Account sender) {
    Envelope envelope = message.envelope();
    List<Recipient> asked = List.copyOf(envelope.recipients());
    changeRecipients(envelope);
    List<StagedContent> rewritten = new ArrayList<>();
    try {
      List<Delivery> deliveries = new ArrayList<>();
      for (Parcel parcel : envelope.parcels()) {
        StagedContent octets = content;
        if (!message.suits(parcel, candidate)) {
          octets = rewrite(parcel);
          rewritten.add(octets);
        }
        deliveries.add(delivery(parcel, octets, sender));
      }
      if (deliveries.isEmpty()) {
        log.info("{} discarded: no recipient was left", message.id());
        return new Receipt(Reception.taken(message));
      }
      List<Delivery.Result> results = store.queue().deliver(deliveries);
      return receipt(deliveries, results, asked.size());
    } finally {
      rewritten.forEach(StagedContent::close);
    }
  }

  private StagedContent rewrite(Parcel parcel) {
    try (ContentWriter writer = store.contents().write()) {
      return message.rewrite(content, parcel, candidate, writer);
    } catch (IOException e) {
      throw new IllegalStateException("the store does not fail that way", e);
    }
  }

  private Delivery delivery(Parcel parcel, StagedContent octets, @Nullable Account sender) {
    List<Target> local =
        candidate.isJunk() ? parcel.local().stream().map(this::junk).toList() : parcel.local();
    long now = clock.millis();
    Envelope envelope = message.envelope();
    return new Delivery(
        octets,
        parcel.reversePath(),
        local,
        parcel.remote(),
        parcel.options(),
        now,
        message.id(),
        sender == null ? null : sender.id(),
        envelope.priority().orElse(0),
        candidate.isQuarantined() ? Delivery.ON_HOLD : envelope.notBefore(),
        new Delivery.Origin(message.client(), checks(), null));
  }

  /** What came of the checks, for the audit log. */
  private String checks() {
    if (candidate.isQuarantined()) {
      return "quarantine";
    }
    return candidate.isJunk() ? "junk" : "passed";
  }

  private Target junk(Target target) {
    return store.mailboxes().list(target.account()).stream()
        .filter(mailbox -> mailbox.specialUse() == SpecialUse.JUNK)
        .map(Mailbox::name)
        .findFirst()
        .map(name -> new Target(target.account(), name, target.recipient(), target.whenFull()))
        .orElse(target);
  }

  /** As the checks wanted it. */
  private void changeRecipients(Envelope envelope) {
    List<String> wanted = new ArrayList<>(candidate.recipients());
    for (Recipient recipient : List.copyOf(envelope.recipients())) {
      if (!wanted.remove(recipient.path().toString())) {
        log.info("{} a recipient was removed by a check", message.id());
        envelope.remove(recipient);
      }
    }
    for (String address : wanted) {
      try {
        PathParser path = new PathParser("<" + address + ">", 0);
        filing.addForCheck(path.forwardPath(), envelope);
        log.info("{} a recipient was added by a check", message.id());
      } catch (PathSyntaxException e) {
        log.warn("{} a check wants to add what is no recipient", message.id());
      } catch (SmtpRefusal e) {
        log.warn("{} a check wants to add a recipient: {}", message.id(), e.reply());
      }
    }
  }

  private Receipt receipt(List<Delivery> deliveries, List<Delivery.Result> results, int asked) {
    List<Target> leftOut = new ArrayList<>();
    List<String> queued = new ArrayList<>();
    int filed = 0;
    @Nullable StagedContent stored = null;
    for (int i = 0; i < results.size(); i++) {
      Delivery.Result result = results.get(i);
      leftOut.addAll(result.leftOut());
      filed += result.filed().size();
      if (result.queueEntry() != null) {
        queued.add(result.queueEntry().toString());
      }
      if (!result.filed().isEmpty() || result.queueEntry() != null) {
        stored = deliveries.get(i).content();
      }
    }
    if (stored == null) {
      return new Receipt(Replies.MAILBOX_FULL);
    }
    log.info(
        "{} accepted: {} octets for {} recipients, {} filed{}{}",
        message.id(),
        message.octets(),
        asked,
        filed,
        queued.isEmpty() ? "" : ", queued as " + String.join(" ", queued),
        leftOut.isEmpty() ? "" : ", " + leftOut.size() + " full");
    tell(stored, message.envelope().done(leftOut));
    return new Receipt(Reception.taken(message), leftOut);
  }

  /** Reports what was done; the message is stored, so that a report that fails changes nothing. */
  private void tell(StagedContent stored, List<Done> done) {
    Envelope envelope = message.envelope();
    if (done.isEmpty()) {
      return;
    }
    try {
      reports.done(
          new StatusReports.Arrived(
              stored.id(),
              envelope.reversePath().toString(),
              envelope.options(),
              stored.size(),
              message.id()),
          done);
    } catch (StorageException e) {
      log.warn("{}: the sender was not told of the delivery: {}", message.id(), e.getMessage());
    }
  }
}
