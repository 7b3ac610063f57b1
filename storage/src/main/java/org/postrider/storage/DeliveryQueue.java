package org.postrider.storage;

import static org.postrider.storage.StorageException.Reason.CANNOT;
import static org.postrider.storage.StorageException.Reason.NOT_FOUND;

import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Filing of incoming mail, and the queue of mail on its way out. */
public final class DeliveryQueue {
  private final Database database;
  private final Writer writer;
  private final Clock clock;

  DeliveryQueue(Database database, Writer writer, Clock clock) {
    this.database = database;
    this.writer = writer;
    this.clock = clock;
  }

  /** A content on its way out. */
  public record Entry(
      QueueEntryId id,
      ContentId content,
      String reversePath,
      String envelopeOptions,
      long size,
      long created,
      List<Recipient> recipients) {}

  /**
   * A destination of an entry.
   *
   * @param nextAttempt epoch milliseconds
   * @param lastReply what the last attempt ended with, or empty
   */
  public record Recipient(
      String address, State state, int attempts, long nextAttempt, String lastReply) {}

  /** The state of a recipient. */
  public enum State {
    WAITING,
    LEASED,
    SENT,
    FAILED,
    HELD
  }

  /**
   * Files a message for all local targets and queues it for all remote ones: all or nothing,
   * durable on return.
   *
   * @throws StorageException OVER_QUOTA, NOT_FOUND (an account was removed meanwhile), UNAVAILABLE
   */
  public Delivery.Result deliver(Delivery delivery) {
    database.space().requireForGrowth();
    Delivered delivered =
        writer.submit(delivery.content().waitingOctets(), tx -> deliver(tx, delivery));
    delivery.content().taken(delivered.content());
    return delivered.result();
  }

  private record Delivered(Delivery.Result result, long content) {}

  private Delivered deliver(Transaction tx, Delivery delivery) throws SQLException {
    long now = clock.millis();
    long size = delivery.content().size();
    List<MailboxState> mailboxes = new ArrayList<>();
    Map<AccountId, Integer> copies = new LinkedHashMap<>();
    for (Delivery.Target target : delivery.local()) {
      MailboxState mailbox = mailbox(tx, target);
      mailbox.requireUids(delivery.local().size());
      mailboxes.add(mailbox);
      copies.merge(target.account(), 1, Integer::sum);
    }
    for (Map.Entry<AccountId, Integer> account : copies.entrySet()) {
      int n = account.getValue();
      tx.account(account.getKey()).requireRoom(n * size, n);
    }
    long references = (long) mailboxes.size() + (delivery.remote().isEmpty() ? 0 : 1);
    if (references == 0) {
      throw new StorageException(CANNOT, "A delivery has one recipient at least");
    }
    long content = ContentRows.take(tx, delivery.content(), references, now);
    List<Delivery.Filed> filed = new ArrayList<>();
    for (int i = 0; i < mailboxes.size(); i++) {
      MailboxState mailbox = mailboxes.get(i);
      long uid = mailbox.nextUid();
      MessageRow row =
          new MessageRow(
              uid, mailbox.nextModSeq(), 0, null, delivery.internalDate(), now, size, content);
      tx.account(mailbox.account()).use(size, 1);
      MessageChanges.add(tx, mailbox, row);
      filed.add(
          new Delivery.Filed(
              delivery.local().get(i), mailbox.mailbox(), mailbox.uidValidity(), uid));
    }
    QueueEntryId entry =
        delivery.remote().isEmpty() ? null : QueueRows.insert(tx, content, delivery, now);
    AuditRows.insert(
        tx,
        now,
        entry == null ? "deliver" : "queue",
        delivery.sessionId(),
        delivery.authenticated(),
        subject(delivery, filed, entry));
    return new Delivered(new Delivery.Result(List.copyOf(filed), entry), content);
  }

  private static MailboxState mailbox(Transaction tx, Delivery.Target target) throws SQLException {
    MailboxState mailbox = tx.mailbox(target.account(), target.mailbox());
    if (mailbox == null) {
      mailbox = tx.mailbox(target.account(), Mailboxes.INBOX);
    }
    if (mailbox == null) {
      throw new StorageException(NOT_FOUND, "The account of " + target.recipient() + " is gone");
    }
    return mailbox;
  }

  /** For instance {@code <a@x> to b@y: 12/7; queue 30: c@z}. */
  private static String subject(
      Delivery delivery, List<Delivery.Filed> filed, @Nullable QueueEntryId entry) {
    StringBuilder subject = new StringBuilder(100);
    subject.append('<').append(delivery.reversePath()).append("> to");
    for (Delivery.Filed copy : filed) {
      subject.append(' ').append(copy.target().recipient()).append(": ");
      subject.append(copy.mailbox()).append('/').append(copy.uid()).append(';');
    }
    if (entry != null) {
      subject.append(" queue ").append(entry).append(": ");
      subject.append(String.join(", ", delivery.remote()));
    }
    return subject.toString();
  }

  /** Entries by age, the oldest first, at most {@code limit} after the given id. */
  public List<Entry> list(QueueEntryId after, int limit) {
    return database.withHandle(handle -> QueueRows.list(handle, after.value(), limit));
  }

  public Optional<Entry> find(QueueEntryId id) {
    return database.withHandle(handle -> QueueRows.find(handle, id.value())).stream().findFirst();
  }
}
