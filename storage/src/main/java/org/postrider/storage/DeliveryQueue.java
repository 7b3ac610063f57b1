package org.postrider.storage;

import java.util.List;
import java.util.Optional;

/** Filing of incoming mail, and the queue of mail on its way out. */
public final class DeliveryQueue {
  DeliveryQueue() {}

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
    throw new UnsupportedOperationException();
  }

  /** Entries by age, the oldest first, at most {@code limit} after the given id. */
  public List<Entry> list(QueueEntryId after, int limit) {
    throw new UnsupportedOperationException();
  }

  public Optional<Entry> find(QueueEntryId id) {
    throw new UnsupportedOperationException();
  }
}
