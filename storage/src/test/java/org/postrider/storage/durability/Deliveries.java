package org.postrider.storage.durability;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.postrider.storage.AccountId;
import org.postrider.storage.Delivery;
import org.postrider.storage.DeliveryQueue;
import org.postrider.storage.Mailbox;
import org.postrider.storage.MessageEntry;
import org.postrider.storage.MessageFlags;
import org.postrider.storage.QueueEntryId;
import org.postrider.storage.StagedContent;
import org.postrider.storage.Store;
import org.postrider.storage.durability.AccountModel.Entry;
import org.postrider.storage.durability.AccountModel.Folder;

/**
 * What was delivered, by several threads to several accounts and the queue: after a loss an
 * acknowledged delivery must be everywhere, another one everywhere or nowhere.
 */
final class Deliveries {
  private static final String SENDER = "a@example.org";

  /** A delivery; {@code result} is null until it was acknowledged. */
  private record Attempt(
      List<Delivery.Target> local, List<String> remote, Delivery.@Nullable Result result) {}

  private final List<AccountId> accounts;
  private final AccountId submitter;
  private final AtomicLong acknowledged;
  private final AtomicLong tokens;
  private final QueueWorker sender;
  private final Map<Long, Attempt> attempts = new ConcurrentHashMap<>();

  /**
   * @param submitter who hands in some of the messages, and has those in its Outbox that are queued
   * @param sender who takes messages out of the queue
   */
  Deliveries(
      List<AccountId> accounts,
      AccountId submitter,
      AtomicLong acknowledged,
      AtomicLong tokens,
      QueueWorker sender) {
    this.submitter = submitter;
    this.sender = sender;
    this.accounts = accounts;
    this.acknowledged = acknowledged;
    this.tokens = tokens;
  }

  /** Delivers one message. */
  void step(Store store, RandomGenerator random) {
    long token = tokens.incrementAndGet();
    List<Delivery.Target> local = new ArrayList<>();
    for (AccountId account : accounts) {
      if (random.nextInt(3) > 0) {
        String mailbox = random.nextInt(3) == 0 ? "Lists" : "INBOX";
        local.add(new Delivery.Target(account, mailbox, "user" + account + "@example.org"));
      }
    }
    List<String> remote = new ArrayList<>();
    for (int i = local.isEmpty() ? 1 + random.nextInt(3) : random.nextInt(3); i > 0; i--) {
      remote.add("r" + i + "@example.net");
    }
    try (StagedContent content = SampleMail.stage(store, token)) {
      if (random.nextInt(12) == 0) {
        return; // a client that went away after DATA
      }
      attempts.put(token, new Attempt(local, remote, null));
      Delivery.Result result =
          store
              .queue()
              .deliver(
                  new Delivery(
                      content,
                      SENDER,
                      local,
                      remote.stream().map(Delivery.Remote::new).toList(),
                      "",
                      1_000_000_000_000L,
                      "s",
                      random.nextBoolean() ? submitter : null));
      if (result.filed().size() != local.size()
          || (result.queueEntry() == null) != remote.isEmpty()) {
        throw new AssertionError("delivered " + local + " " + remote + " as " + result);
      }
      attempts.put(token, new Attempt(local, remote, result));
      acknowledged.incrementAndGet();
    }
  }

  /**
   * Compares all deliveries with what was read, and forgets those that never took place.
   *
   * @param read the accounts as they were read, with what their owners took out of INBOX
   */
  void verify(Store store, Map<AccountId, AccountModel> read, List<String> problems) {
    Map<Long, List<DeliveryQueue.Entry>> queue = readQueue(store, problems);
    List<DeliveryQueue.Entry> entries = queue.values().stream().flatMap(List::stream).toList();
    sender.verify(entries, problems);
    verifyOutbox(store, entries, problems);
    Map<String, Map<Long, Long>> mailboxes = new HashMap<>();
    read.forEach((account, model) ->
        AccountModel.DELIVERED_TO.forEach(
            name -> mailboxes.put(account + " " + name, uids(account, model, name, problems))));
    for (Long token : List.copyOf(attempts.keySet())) {
      Attempt attempt = attempts.get(token);
      if (attempt == null) {
        continue;
      }
      Set<Boolean> there = new HashSet<>();
      for (Delivery.Target target : attempt.local) {
        AccountModel model = Objects.requireNonNull(read.get(target.account()));
        if (!model.maybeTaken.contains(token)) {
          Map<Long, Long> uids = mailboxes.get(target.account() + " " + target.mailbox());
          there.add(
              (uids != null && uids.containsKey(token)) || model.takenFromInbox.contains(token));
        }
      }
      if (!attempt.remote.isEmpty()) {
        there.add(
            sender.isFinished(token) || isQueued(attempt, queue.getOrDefault(token, List.of())));
      }
      if (attempt.result != null && there.contains(false)) {
        problems.add("lost: delivery " + token + " was acknowledged: " + attempt.result);
      } else if (there.size() > 1) {
        problems.add("half: delivery " + token + " was not acknowledged, but is there in part");
      } else if (there.contains(false)) {
        attempts.remove(token);
      }
      if (attempt.result != null) {
        verifyUids(attempt.result, token, mailboxes, problems);
      }
    }
    mailboxes.forEach((where, found) -> requireKnown(found.keySet(), where, problems));
    requireKnown(queue.keySet(), "queue", problems);
  }

  /** That each copy is that of an entry is the check's to say. */
  private void verifyOutbox(Store store, List<DeliveryQueue.Entry> entries, List<String> problems) {
    long queued = entries.stream().filter(entry -> entry.account().isPresent()).count();
    long shown = store.mailboxes().find(submitter, "Outbox").map(Mailbox::messages).orElse(0L);
    if (queued != shown) {
      problems.add("half: the Outbox shows " + shown + " of " + queued + " messages");
    }
  }

  private static Map<Long, Long> uids(
      AccountId account, AccountModel model, String name, List<String> problems) {
    Map<Long, Long> uids = new HashMap<>();
    Folder folder = model.folders.get(name);
    if (folder == null) {
      problems.add("lost: no " + name + " of account " + account);
      return uids;
    }
    for (Entry entry : folder.entries) {
      if (uids.put(entry.token(), entry.uid()) != null) {
        problems.add("twice: delivery " + entry.token() + " to account " + account);
      }
    }
    return uids;
  }

  private boolean isQueued(Attempt attempt, List<DeliveryQueue.Entry> entries) {
    return entries.size() == 1
        && entries.getFirst().reversePath().equals(SENDER)
        && (sender.knows(entries.getFirst().id())
            || Set.copyOf(attempt.remote)
                .equals(
                    Set.copyOf(
                        entries.getFirst().recipients().stream()
                            .map(DeliveryQueue.Recipient::address)
                            .toList())));
  }

  private static void verifyUids(
      Delivery.Result result,
      long token,
      Map<String, Map<Long, Long>> mailboxes,
      List<String> problems) {
    for (Delivery.Filed filed : result.filed()) {
      Map<Long, Long> uids =
          mailboxes.get(filed.target().account() + " " + filed.target().mailbox());
      Long uid = uids == null ? null : uids.get(token);
      if (uid != null && uid != filed.uid()) {
        problems.add("moved: delivery " + token + " has UID " + uid + ", was filed as " + filed);
      }
    }
  }

  private void requireKnown(Set<Long> found, String where, List<String> problems) {
    for (Long token : found) {
      if (!attempts.containsKey(token)) {
        problems.add("half: message " + token + " in " + where + " comes from nowhere");
      }
    }
  }

  private static Map<Long, List<DeliveryQueue.Entry>> readQueue(
      Store store, List<String> problems) {
    List<DeliveryQueue.Entry> entries = new ArrayList<>();
    QueueEntryId last = new QueueEntryId(0);
    List<DeliveryQueue.Entry> page;
    while (!(page = store.queue().list(last, 100)).isEmpty()) {
      entries.addAll(page);
      last = page.getLast().id();
    }
    List<MessageEntry> contents = new ArrayList<>();
    for (DeliveryQueue.Entry e : entries) {
      contents.add(new MessageEntry(1, 1, MessageFlags.NONE, 0, 0, e.size(), e.content()));
    }
    Map<Long, List<DeliveryQueue.Entry>> byToken = new HashMap<>();
    var tokens = AccountModel.readContents(store, contents, problems);
    for (DeliveryQueue.Entry e : entries) {
      byToken.computeIfAbsent(tokens.getOrDefault(e.content(), -1L), t -> new ArrayList<>()).add(e);
    }
    return byToken;
  }
}
