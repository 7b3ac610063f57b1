package org.postrider.control.operation;

import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.postrider.storage.DeliveryQueue.Entry;
import org.postrider.storage.DeliveryQueue.Recipient;
import org.postrider.storage.DeliveryQueue.State;
import org.postrider.storage.QueueEntryId;
import org.postrider.storage.Store;

/**
 * Which recipients in the queue are meant; what is not given matches all.
 *
 * @param entry an entry's number
 * @param sender the envelope's sender, {@code <>} for nobody
 * @param recipient an address
 * @param domain of the recipient
 * @param since queued then or later
 * @param before queued before then
 * @param error what the reply to the last attempt contains, in any case
 * @param dead only dead letters: what was given up, and has no sender to be told
 */
public record QueueFilter(
    @Nullable Long entry,
    @Nullable String sender,
    @Nullable String recipient,
    @Nullable String domain,
    @Nullable Instant since,
    @Nullable Instant before,
    @Nullable String error,
    boolean dead) {
  /** All that is in the queue. */
  public static final QueueFilter ALL =
      new QueueFilter(null, null, null, null, null, null, null, false);

  private static final int PAGE = 200;

  /** All of that entry. */
  public static QueueFilter of(long entry) {
    return new QueueFilter(entry, null, null, null, null, null, null, false);
  }

  /** Called with each entry and those of its recipients that match, one at least. */
  @FunctionalInterface
  interface Sink {
    void entry(Entry entry, List<Recipient> recipients);
  }

  void forEach(Store store, Sink sink) {
    if (entry != null) {
      store.queue().find(new QueueEntryId(entry)).ifPresent(found -> offer(found, sink));
      return;
    }
    List<Entry> page = store.queue().list(new QueueEntryId(0), PAGE);
    while (!page.isEmpty()) {
      page.forEach(found -> offer(found, sink));
      page = store.queue().list(page.getLast().id(), PAGE);
    }
  }

  private void offer(Entry found, Sink sink) {
    String from = found.reversePath().isEmpty() ? "<>" : found.reversePath();
    if (sender != null && !sender.equalsIgnoreCase(from)) {
      return;
    }
    Instant created = Instant.ofEpochMilli(found.created());
    if ((since != null && created.isBefore(since))
        || (before != null && !created.isBefore(before))) {
      return;
    }
    List<Recipient> matching = found.recipients().stream().filter(this::matches).toList();
    if (!matching.isEmpty()) {
      sink.entry(found, matching);
    }
  }

  private boolean matches(Recipient found) {
    return (recipient == null || recipient.equalsIgnoreCase(found.address()))
        && (domain == null || domain.toLowerCase(Locale.ROOT).equals(found.domain()))
        && (error == null
            || found.lastReply().toLowerCase(Locale.ROOT).contains(error.toLowerCase(Locale.ROOT)))
        && (!dead || found.state() == State.FAILED);
  }
}
