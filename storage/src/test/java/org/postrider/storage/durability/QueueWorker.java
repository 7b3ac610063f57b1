package org.postrider.storage.durability;

import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.postrider.storage.AccountId;
import org.postrider.storage.DeliveryQueue;
import org.postrider.storage.DeliveryQueue.Change;
import org.postrider.storage.DeliveryQueue.Peer;
import org.postrider.storage.DeliveryQueue.Settlement;
import org.postrider.storage.DeliveryQueue.State;
import org.postrider.storage.MailboxId;
import org.postrider.storage.QueueEntryId;
import org.postrider.storage.Store;

/**
 * Who sends what is queued, an administrator, and a user who takes back what he sent: alone, one
 * change after the other, each with what it should have led to. After a loss the queue must be as
 * before the change that was not acknowledged, or as after it.
 */
final class QueueWorker {
  private static final Duration LONG_LEASE = Duration.ofHours(1);

  /** A recipient as it should be. */
  private record Recipient(State state, String reply) {
    Recipient in(State other) {
      return new Recipient(other, reply);
    }
  }

  private record Place(long entry, int number) {}

  private record Lease(String owner, long until) {}

  private record Copy(MailboxId outbox, long uid) {}

  private final AtomicLong acknowledged;

  /** Entries of which something was changed, with what is left of each; and their messages. */
  private final Map<Long, TreeMap<Integer, Recipient>> current = new TreeMap<>();

  private final Map<Long, Long> tokens = new HashMap<>();

  /** Messages whose entries are gone. */
  private final Set<Long> finished = new HashSet<>();

  private final Map<Place, Lease> leases = new HashMap<>();

  /** What the change under way leads to, of the entries that it touches. */
  private @Nullable Map<Long, TreeMap<Integer, Recipient>> pending;

  /** Leases that end before are just being given anew, or ended, any of them; 0 when none are. */
  private long leasingUntil;

  private long number;

  QueueWorker(AtomicLong acknowledged) {
    this.acknowledged = acknowledged;
  }

  /** Does one change. */
  void step(Store store, Clock clock, RandomGenerator random) {
    int kind = random.nextInt(20);
    if (kind < 12 && !leases.isEmpty()) {
      settle(store, clock, random);
    } else if (kind < 16 && !current.isEmpty()) {
      change(store, random);
    } else if (kind == 16) {
      endLeases(store);
    } else {
      lease(store, clock, random);
    }
  }

  private void lease(Store store, Clock clock, RandomGenerator random) {
    String owner = "sender " + ++number;
    long now = clock.millis();
    Duration length = random.nextBoolean() ? LONG_LEASE : Duration.ofMillis(1);
    leasingUntil = now + LONG_LEASE.toMillis() / 2;
    var entries = store.queue().lease(owner, length, 1 + random.nextInt(8), List.of());
    for (DeliveryQueue.Entry entry : entries) {
      long id = entry.id().value();
      DeliveryQueue.Entry whole = store.queue().find(entry.id()).orElseThrow();
      tokens.put(id, SampleMail.token(store.contents().header(entry.content())));
      current.put(id, recipients(whole));
      for (DeliveryQueue.Recipient recipient : entry.recipients()) {
        Place place = new Place(id, recipient.number());
        Lease before = leases.put(place, new Lease(owner, now + length.toMillis()));
        if (before != null && before.until > clock.millis()) {
          throw new AssertionError(place + " was leased until " + before.until);
        }
      }
    }
    leasingUntil = 0;
    acknowledged.incrementAndGet();
  }

  private static TreeMap<Integer, Recipient> recipients(DeliveryQueue.Entry entry) {
    TreeMap<Integer, Recipient> recipients = new TreeMap<>();
    entry
        .recipients()
        .forEach(r -> recipients.put(r.number(), new Recipient(r.state(), r.lastReply())));
    return recipients;
  }

  private TreeMap<Integer, Recipient> of(long entry) {
    return Objects.requireNonNull(current.get(entry));
  }

  private void settle(Store store, Clock clock, RandomGenerator random) {
    List<Place> places = new ArrayList<>(leases.keySet());
    String owner = lease(places.get(random.nextInt(places.size()))).owner;
    places.removeIf(p -> !lease(p).owner.equals(owner) || random.nextInt(4) == 0);
    Map<Long, TreeMap<Integer, Recipient>> after = new HashMap<>();
    List<Settlement> settlements = new ArrayList<>();
    for (Place place : places) {
      TreeMap<Integer, Recipient> left =
          after.computeIfAbsent(place.entry, e -> new TreeMap<>(of(e)));
      String reply = "250 no. " + ++number;
      State state =
          switch (random.nextInt(4)) {
            case 0 -> State.WAITING;
            case 1 -> State.FAILED;
            default -> null;
          };
      if (state == null) {
        left.remove(place.number);
      } else {
        left.put(place.number, new Recipient(state, reply));
      }
      long next = clock.millis() + (random.nextBoolean() ? 0 : LONG_LEASE.toMillis());
      settlements.add(
          new Settlement(
              new QueueEntryId(place.entry),
              place.number,
              state,
              next,
              reply,
              false,
              "tried",
              Peer.NONE));
    }
    attempt(after, () -> store.queue().settle(owner, settlements));
    places.forEach(leases::remove);
  }

  private Lease lease(Place place) {
    return Objects.requireNonNull(leases.get(place));
  }

  private void change(Store store, RandomGenerator random) {
    long entry = List.copyOf(current.keySet()).get(random.nextInt(current.size()));
    Change change = Change.values()[random.nextInt(Change.values().length)];
    String argument = change == Change.ROUTE ? "127.0.0.1:25" : "";
    TreeMap<Integer, Recipient> after = new TreeMap<>();
    of(entry)
        .forEach((no, recipient) -> {
          Recipient changed = changed(recipient, change);
          if (changed != null) {
            after.put(no, changed);
          }
        });
    QueueEntryId id = new QueueEntryId(entry);
    Copy copy = after.isEmpty() && random.nextBoolean() ? copy(store, id) : null;
    attempt(
        Map.of(entry, after),
        () -> {
          if (copy == null) {
            store.queue().change(id, -1, change, argument, "admin");
          } else {
            store.messages().expunge(copy.outbox, new long[] {copy.uid}, "imap");
          }
        });
  }

  /** What an account that handed in the entry has in its Outbox; null when none did. */
  private static @Nullable Copy copy(Store store, QueueEntryId id) {
    DeliveryQueue.Entry entry = store.queue().find(id).orElseThrow();
    AccountId account = entry.account().orElse(null);
    if (account == null) {
      return null;
    }
    MailboxId outbox = store.mailboxes().find(account, "Outbox").orElseThrow().id();
    List<Copy> copies = new ArrayList<>();
    store
        .messages()
        .scan(
            outbox,
            1,
            0xffff_ffffL,
            message -> {
              if (message.content().equals(entry.content())) {
                copies.add(new Copy(outbox, message.uid()));
              }
            });
    return copies.getFirst();
  }

  private static @Nullable Recipient changed(Recipient before, Change change) {
    State state = before.state;
    return switch (change) {
      case RETRY, ROUTE -> state == State.FAILED ? before.in(State.WAITING) : before;
      case HOLD -> state == State.WAITING ? before.in(State.HELD) : before;
      case RELEASE, BOUNCE -> state == State.HELD ? before.in(State.WAITING) : before;
      case CANCEL -> state == State.LEASED ? before : null;
    };
  }

  private void endLeases(Store store) {
    leasingUntil = Long.MAX_VALUE;
    store.queue().endLeasesOfOthers("nobody");
    leasingUntil = 0;
    leases.clear();
    current.values().forEach(each -> each.replaceAll((no, r) -> unleased(r)));
    acknowledged.incrementAndGet();
  }

  private static Recipient unleased(Recipient recipient) {
    return recipient.state == State.LEASED ? recipient.in(State.WAITING) : recipient;
  }

  private void attempt(Map<Long, TreeMap<Integer, Recipient>> after, Runnable change) {
    pending = after;
    change.run();
    take(after);
    pending = null;
    acknowledged.incrementAndGet();
  }

  private void take(Map<Long, TreeMap<Integer, Recipient>> after) {
    after.forEach((entry, left) -> {
      if (left.isEmpty()) {
        current.remove(entry);
        leases.keySet().removeIf(place -> place.entry == entry);
        finished.add(Objects.requireNonNull(tokens.remove(entry)));
      } else {
        current.put(entry, left);
      }
    });
  }

  /** Whether all of a message's recipients were settled or removed. */
  boolean isFinished(long token) {
    return finished.contains(token);
  }

  /** Whether what is left of the entry was compared already. */
  boolean knows(QueueEntryId entry) {
    return current.containsKey(entry.value());
  }

  /** Compares with what was read, and goes on from it. */
  void verify(List<DeliveryQueue.Entry> entries, List<String> problems) {
    Map<Long, TreeMap<Integer, Recipient>> found = new HashMap<>();
    entries.forEach(entry -> found.put(entry.id().value(), recipients(entry)));
    if (pending != null && !isThere(current, pending.keySet(), found)) {
      if (!isThere(pending, pending.keySet(), found)) {
        problems.add("half: in the queue, of " + pending + " after " + current);
      }
      take(pending);
    }
    for (long entry : List.copyOf(current.keySet())) {
      if (!isThere(current, Set.of(entry), found)) {
        problems.add(
            "lost: queue entry " + entry + " should be " + of(entry) + ", is " + found.get(entry));
      }
    }
    found.forEach((entry, left) -> {
      if (current.containsKey(entry)) {
        current.put(entry, left);
      } else if (left.values().stream().anyMatch(r -> !isNew(r))) {
        problems.add("half: queue entry " + entry + " is " + left);
      }
    });
    pending = null;
    leases.values().removeIf(lease -> lease.until < leasingUntil);
    // The change under way may have ended some, and a lease that ended settles nothing.
    leases.keySet().removeIf(place -> !isLeased(found.get(place.entry), place.number));
    leasingUntil = 0;
  }

  private static boolean isLeased(@Nullable TreeMap<Integer, Recipient> left, int number) {
    Recipient recipient = left == null ? null : left.get(number);
    return recipient != null && recipient.state == State.LEASED;
  }

  private boolean isNew(Recipient recipient) {
    return recipient.reply.isEmpty() && unleased(recipient).state == State.WAITING;
  }

  private boolean isThere(
      Map<Long, TreeMap<Integer, Recipient>> expected,
      Set<Long> entries,
      Map<Long, TreeMap<Integer, Recipient>> found) {
    return entries.stream()
        .allMatch(entry ->
            comparable(expected.getOrDefault(entry, new TreeMap<>()))
                .equals(comparable(found.getOrDefault(entry, new TreeMap<>()))));
  }

  /** While leases change it is unknown who has one. */
  private TreeMap<Integer, Recipient> comparable(TreeMap<Integer, Recipient> recipients) {
    TreeMap<Integer, Recipient> comparable = new TreeMap<>(recipients);
    if (leasingUntil > 0) {
      comparable.replaceAll((no, recipient) -> unleased(recipient));
    }
    return comparable;
  }
}
