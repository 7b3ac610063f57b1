package org.postrider.smtp.relay;

import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.ObjLongConsumer;
import java.util.function.UnaryOperator;
import org.postrider.storage.DeliveryQueue.Carrier;
import org.postrider.storage.DeliveryQueue.Entry;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes what is queued at once, leased by the step that queues it, where nothing for its
 * destination may be ahead of it in the store: what waits there is not overtaken.
 */
final class Arrivals implements Carrier {
  private static final Logger log = LoggerFactory.getLogger(Arrivals.class);

  private final String owner;
  private final Duration lease;
  private final UnaryOperator<String> names;
  private final Map<Destination.Key, Destination> destinations;
  private final ObjLongConsumer<Entry> next;

  /** Destinations for which mail may be due in the store that nobody has leased. */
  private final Set<String> behind = ConcurrentHashMap.newKeySet();

  /** Whether nobody takes anything now: it is not known what is in the store, or it is the end. */
  private volatile boolean shut = true;

  private volatile boolean closed;

  /**
   * @param names of destinations, by domain
   * @param next takes entries, and when their leases end
   */
  Arrivals(
      String owner,
      Duration lease,
      UnaryOperator<String> names,
      Map<Destination.Key, Destination> destinations,
      ObjLongConsumer<Entry> next) {
    this.owner = owner;
    this.lease = lease;
    this.names = names;
    this.destinations = destinations;
    this.next = next;
  }

  @Override
  public String owner() {
    return owner;
  }

  @Override
  public Duration lease() {
    return lease;
  }

  @Override
  public boolean takes(String domain) {
    String name = names.apply(domain);
    if (shut || closed || behind.contains(name)) {
      return false;
    }
    for (TlsWish wish : TlsWish.values()) {
      Destination there = destinations.get(new Destination.Key(name, wish));
      if (there != null && (there.isFull() || there.down() != null)) {
        behind.add(name);
        return false;
      }
    }
    return true;
  }

  @Override
  public void carry(Entry entry) {
    try {
      next.accept(entry, entry.recipients().getFirst().nextAttempt());
    } catch (RuntimeException e) {
      // The lease ends some time, or with this process, and then another attempt is made.
      log.warn("relay: queue {} is left for later", entry.id(), e);
    }
  }

  /** The destinations for which mail may wait in the store. */
  Set<String> behind() {
    return Set.copyOf(behind);
  }

  /**
   * The store was looked through.
   *
   * @param before {@link #behind} as it was before that
   * @param without destinations that were left out
   * @param all whether all that was due otherwise was leased
   */
  void looked(Set<String> before, Set<String> without, boolean all) {
    behind.addAll(without);
    if (all) {
      before.stream().filter(name -> !without.contains(name)).forEach(behind::remove);
    }
    shut = !all;
  }

  /** Nothing is taken any more. */
  void close() {
    closed = true;
  }
}
