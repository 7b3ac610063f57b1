package org.postrider.smtp;

import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postrider.smtp.check.Candidate;
import org.postrider.smtp.check.MailCheck;
import org.postrider.smtp.check.Verdict;
import org.postrider.smtp.relay.StatusReports;
import org.postrider.storage.Account;
import org.postrider.storage.StagedContent;
import org.postrider.storage.StorageException;
import org.postrider.storage.Store;
import org.postrider.wire.Connection;
import org.postrider.wire.WireInput;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the content of messages from the wire, and takes responsibility for them. It works on the
 * windows of the receive buffer, so that octets are copied once, into the store's.
 */
final class Reception {
  private static final Logger log = LoggerFactory.getLogger(Reception.class);

  private final SmtpSettings settings;
  private final Store store;
  private final Clock clock;
  private final Connection connection;
  private final StatusReports reports;
  private final List<MailCheck> checks;
  private final Filing filing;

  Reception(
      SmtpSettings settings,
      Store store,
      Clock clock,
      Connection connection,
      List<MailCheck> checks,
      Filing filing) {
    this.checks = checks;
    this.filing = filing;
    this.settings = settings;
    this.store = store;
    this.clock = clock;
    this.connection = connection;
    this.reports = new StatusReports(store, settings.hostname(), clock);
  }

  /**
   * Opens the content of a transaction.
   *
   * @param number of the transaction in the session
   * @throws StorageException when the store can't take it now
   */
  IncomingMessage open(
      Envelope envelope, SmtpState.Greeting greeting, int number, boolean authenticated) {
    // The seconds tell ids of one run of the server from those of the next.
    String seconds = Long.toString(clock.instant().getEpochSecond(), 36);
    TraceFields trace =
        new TraceFields(
            seconds + "-" + connection.id() + "-" + number,
            settings.hostname(),
            greeting,
            connection.remoteAddress(),
            connection.tls(),
            authenticated,
            settings.dialect());
    return new IncomingMessage(settings, envelope, trace, clock, store.contents().write());
  }

  /**
   * Reads the content of DATA to its end.
   *
   * @return false when the client was cut off, since it does not come to an end
   */
  boolean readData(IncomingMessage message) throws IOException {
    DotUnstuffer unstuffer = new DotUnstuffer(message);
    WireInput input = connection.input();
    while (!unstuffer.ended()) {
      if (message.isEndless()) {
        return false;
      }
      input.fill();
      input.consume(unstuffer.take(input.buffer(), input.position(), input.limit()));
    }
    return true;
  }

  /**
   * Reads a chunk of BDAT.
   *
   * @return false when the client was cut off
   */
  boolean readChunk(IncomingMessage message, long size) throws IOException {
    WireInput input = connection.input();
    for (long left = size; left > 0; ) {
      if (message.isEndless()) {
        return false;
      }
      input.fill();
      int count = (int) Math.min(left, input.limit() - input.position());
      message.write(input.buffer(), input.position(), count);
      input.consume(count);
      left -= count;
    }
    return true;
  }

  /**
   * Drops the octets of a chunk.
   *
   * @return false when they are so many that the client is cut off instead
   */
  boolean discard(long size) throws IOException {
    if (size > settings.endlessBytes()) {
      return false;
    }
    WireInput input = connection.input();
    for (long left = size; left > 0; ) {
      input.fill();
      int count = (int) Math.min(left, input.limit() - input.position());
      input.consume(count);
      left -= count;
    }
    return true;
  }

  /**
   * The content is here: checks it and makes it durable for all recipients in one step, which is
   * the instant of responsibility (RFC 5321 §4.1.1.4, §6.1).
   *
   * @param sender who handed it in after AUTH, or null
   */
  Receipt accept(IncomingMessage message, @Nullable Account sender) {
    message.end();
    SmtpReply failure = message.failure();
    if (failure != null) {
      return new Receipt(failure);
    }
    if (message.comesBack()) {
      return new Receipt(Replies.LIST_LOOP);
    }
    if (sender != null) {
      holdForUndo(message.envelope(), sender);
    }
    try (StagedContent content = message.finish()) {
      Candidate candidate = message.candidate(content, sender);
      for (MailCheck check : checks) {
        switch (check.examine(candidate)) {
          case Verdict.Pass() -> {}
          case Verdict.Discard() -> {
            log.info("{} discarded", message.id());
            return new Receipt(taken(message));
          }
          case Verdict.Refuse(int code, String enhanced, List<String> lines) -> {
            return new Receipt(new SmtpReply(code, enhanced, lines));
          }
        }
      }
      return new Acceptance(store, clock, reports, message, content, candidate, filing)
          .deliver(sender);
    } catch (StorageException e) {
      if (e.reason() == StorageException.Reason.UNAVAILABLE) {
        log.warn("{} not stored: {}", message.id(), e.getMessage());
      }
      return new Receipt(Filing.reply(e));
    }
  }

  static SmtpReply taken(IncomingMessage message) {
    return SmtpReply.of(250, "2.0.0", "Ok, id " + message.id());
  }

  private void holdForUndo(Envelope envelope, Account sender) {
    Integer own = sender.holdSeconds();
    Duration undo = own == null ? settings.extensions().undo() : Duration.ofSeconds(own);
    if (!undo.isZero()) {
      envelope.holdUntil(Math.max(envelope.notBefore(), clock.millis() + undo.toMillis()));
    }
  }
}
