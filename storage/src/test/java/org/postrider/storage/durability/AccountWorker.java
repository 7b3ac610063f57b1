package org.postrider.storage.durability;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.postrider.storage.AccountId;
import org.postrider.storage.FlagChange;
import org.postrider.storage.Mailbox;
import org.postrider.storage.MailboxId;
import org.postrider.storage.MessageEntry;
import org.postrider.storage.MessageFlags;
import org.postrider.storage.Messages;
import org.postrider.storage.StagedContent;
import org.postrider.storage.Store;
import org.postrider.storage.SystemFlag;
import org.postrider.storage.durability.AccountModel.Entry;
import org.postrider.storage.durability.AccountModel.Folder;

/**
 * A client that alone changes its account, one change after the other, and remembers what each
 * should have led to. So after a loss the account must be as it was before the change that was not
 * acknowledged, or as after it.
 */
final class AccountWorker {
  private static final List<String> NAMES = List.of("a", "b", "c", "a/x", "b/y", "d/é/z");
  private static final int MESSAGES_MAX = 60;

  final AccountId account;
  AccountModel current;

  /** What the change under way leads to. */
  @Nullable AccountModel pending;

  private final AtomicLong acknowledged;
  private final AtomicLong tokens;
  private final Map<String, Long> lastUidValidity = new HashMap<>();

  AccountWorker(
      AccountId account, AccountModel current, AtomicLong acknowledged, AtomicLong tokens) {
    this.account = account;
    this.current = current;
    this.acknowledged = acknowledged;
    this.tokens = tokens;
  }

  /** Does one change. */
  void step(Store store, RandomGenerator random) {
    switch (random.nextInt(14)) {
      case 0, 1, 2 -> append(store, random);
      case 3, 4 -> copyOrMove(store, random);
      case 5, 6 -> takeFromInbox(store, random);
      case 7, 8 -> storeFlags(store, random);
      case 9 -> expunge(store, random);
      case 10 -> create(store, random);
      case 11 -> rename(store, random);
      case 12 -> delete(store, random);
      default -> setting(store, random);
    }
  }

  private void attempt(AccountModel after, Consumer<AccountModel> change) {
    pending = after;
    change.accept(after);
    current = after;
    pending = null;
    acknowledged.incrementAndGet();
  }

  private static <T> @Nullable T any(List<T> list, RandomGenerator random) {
    return list.isEmpty() ? null : list.get(random.nextInt(list.size()));
  }

  private @Nullable String anyFolder(Store store, RandomGenerator random) {
    String name =
        any(
            current.folders.keySet().stream()
                .filter(n -> !AccountModel.DELIVERED_TO.contains(n))
                .toList(),
            random);
    if (name != null && folder(current, name).mailbox == 0) {
      // One that was made on the way to another: the store told nothing of it.
      Mailbox mailbox = store.mailboxes().find(account, name).orElseThrow();
      folder(current, name).mailbox = mailbox.id().value();
      folder(current, name).uidValidity = mailbox.uidValidity();
    }
    return name;
  }

  private static Folder folder(AccountModel model, String name) {
    Folder folder = model.folders.get(name);
    if (folder == null) {
      throw new AssertionError("no folder " + name);
    }
    return folder;
  }

  private static long[] anyUids(Folder folder, RandomGenerator random) {
    int share = 1 + random.nextInt(4);
    return folder.entries.stream()
        .mapToLong(Entry::uid)
        .filter(uid -> random.nextInt(share) == 0)
        .toArray();
  }

  private static boolean has(long[] uids, Entry entry) {
    return Arrays.binarySearch(uids, entry.uid()) >= 0;
  }

  private static MessageFlags anyFlags(RandomGenerator random) {
    List<String> keywords = new ArrayList<>();
    if (random.nextInt(3) == 0) {
      keywords.add(random.nextBoolean() ? "$Forwarded" : "work");
    }
    return MessageFlags.of(random.nextInt(1 << SystemFlag.values().length), keywords);
  }

  private void append(Store store, RandomGenerator random) {
    String name = anyFolder(store, random);
    if (name == null || folder(current, name).entries.size() > MESSAGES_MAX) {
      return;
    }
    AccountModel after = current.copy();
    List<Messages.NewMessage> messages = new ArrayList<>();
    try {
      for (int i = random.nextInt(6) == 0 ? 3 : 1; i > 0; i--) {
        long token = tokens.incrementAndGet();
        MessageFlags flags = anyFlags(random);
        messages.add(
            new Messages.NewMessage(SampleMail.stage(store, token), flags, 1_000_000_000_000L));
        folder(after, name).entries.add(new Entry(0, token, flags));
      }
      attempt(
          after,
          model -> {
            Folder folder = folder(model, name);
            Messages.AppendResult result = store.messages().append(folder.id(), messages);
            folder.acknowledge(result.uidValidity(), result.uids());
          });
    } finally {
      messages.forEach(m -> close(m.content()));
    }
  }

  private static void close(StagedContent content) {
    content.close();
  }

  private void copyOrMove(Store store, RandomGenerator random) {
    String from = anyFolder(store, random);
    String to = anyFolder(store, random);
    if (from == null || to == null || from.equals(to)) {
      return;
    }
    long[] uids = anyUids(folder(current, from), random);
    if (uids.length == 0 || folder(current, to).entries.size() > MESSAGES_MAX) {
      return;
    }
    boolean move = random.nextBoolean();
    AccountModel after = current.copy();
    for (Entry entry : folder(current, from).entries) {
      if (has(uids, entry)) {
        folder(after, to).entries.add(new Entry(0, entry.token(), entry.flags()));
      }
    }
    if (move) {
      folder(after, from).entries.removeIf(e -> has(uids, e));
    }
    attempt(
        after,
        model -> {
          MailboxId source = folder(model, from).id();
          MailboxId target = folder(model, to).id();
          Messages.CopyResult result =
              move
                  ? store.messages().move(source, uids, target)
                  : store.messages().copy(source, uids, target);
          if (!Arrays.equals(result.sourceUids(), uids)) {
            throw new AssertionError("copied " + Arrays.toString(result.sourceUids()));
          }
          folder(model, to).acknowledge(result.uidValidity(), result.targetUids());
        });
  }

  /** Moves a message out of INBOX, as a client does, or expunges it, as POP3 does. */
  private void takeFromInbox(Store store, RandomGenerator random) {
    MailboxId inbox = folder(current, "INBOX").id();
    List<MessageEntry> entries = new ArrayList<>();
    store.messages().scan(inbox, 1, 0xffff_ffffL, entries::add);
    MessageEntry entry = any(entries, random);
    String to = anyFolder(store, random);
    if (entry == null || to == null) {
      return;
    }
    long token = SampleMail.token(store.contents().header(entry.content()));
    long[] uid = {entry.uid()};
    AccountModel after = current.copy();
    after.takenFromInbox.add(token);
    if (random.nextInt(3) == 0 || folder(current, to).entries.size() > MESSAGES_MAX) {
      attempt(after, model -> store.messages().expunge(inbox, uid, "pop3"));
      return;
    }
    folder(after, to).entries.add(new Entry(0, token, entry.flags()));
    attempt(
        after,
        model -> {
          Messages.CopyResult result = store.messages().move(inbox, uid, folder(model, to).id());
          folder(model, to).acknowledge(result.uidValidity(), result.targetUids());
        });
  }

  private void storeFlags(Store store, RandomGenerator random) {
    String name = anyFolder(store, random);
    if (name == null) {
      return;
    }
    long[] uids = anyUids(folder(current, name), random);
    FlagChange.Mode mode =
        FlagChange.Mode.values()[random.nextInt(FlagChange.Mode.values().length)];
    MessageFlags flags = anyFlags(random);
    AccountModel after = current.copy();
    folder(after, name)
        .entries
        .replaceAll(
            e -> has(uids, e) ? new Entry(e.uid(), e.token(), apply(e.flags(), mode, flags)) : e);
    attempt(
        after,
        model ->
            store
                .messages()
                .storeFlags(
                    folder(model, name).id(),
                    uids,
                    new FlagChange(mode, flags),
                    OptionalLong.empty()));
  }

  private static MessageFlags apply(
      MessageFlags before, FlagChange.Mode mode, MessageFlags change) {
    TreeSet<String> keywords = new TreeSet<>(before.keywords());
    return switch (mode) {
      case REPLACE -> change;
      case ADD -> {
        keywords.addAll(change.keywords());
        yield MessageFlags.of(before.system() | change.system(), keywords);
      }
      case REMOVE -> {
        keywords.removeAll(change.keywords());
        yield MessageFlags.of(before.system() & ~change.system(), keywords);
      }
    };
  }

  private void expunge(Store store, RandomGenerator random) {
    String name = anyFolder(store, random);
    if (name == null) {
      return;
    }
    boolean onlyDeleted = random.nextBoolean();
    long[] uids = anyUids(folder(current, name), random);
    AccountModel after = current.copy();
    folder(after, name)
        .entries
        .removeIf(e -> has(uids, e) && (!onlyDeleted || e.flags().has(SystemFlag.DELETED)));
    attempt(
        after,
        model -> {
          MailboxId id = folder(model, name).id();
          if (onlyDeleted) {
            store.messages().expungeDeleted(id, uids, "imap");
          } else {
            store.messages().expunge(id, uids, "imap");
          }
        });
  }

  private void create(Store store, RandomGenerator random) {
    String name = NAMES.get(random.nextInt(NAMES.size()));
    if (current.folders.containsKey(name)) {
      return;
    }
    AccountModel after = current.copy();
    addWithParents(after, name);
    attempt(
        after,
        model -> {
          Mailbox made = store.mailboxes().create(account, name, null);
          folder(model, name).mailbox = made.id().value();
          folder(model, name).uidValidity = made.uidValidity();
          Long last = lastUidValidity.put(name, made.uidValidity());
          if (last != null && last >= made.uidValidity()) {
            throw new AssertionError("UIDVALIDITY of " + name + " went from " + last);
          }
        });
  }

  private static void addWithParents(AccountModel model, String name) {
    for (int at = name.indexOf('/'); at >= 0; at = name.indexOf('/', at + 1)) {
      model.folders.computeIfAbsent(name.substring(0, at), n -> new Folder());
    }
    model.folders.computeIfAbsent(name, n -> new Folder());
  }

  private void rename(Store store, RandomGenerator random) {
    String from = NAMES.get(random.nextInt(NAMES.size()));
    String to = random.nextBoolean() ? NAMES.get(random.nextInt(NAMES.size())) : "e/" + from;
    if (!current.folders.containsKey(from)
        || current.folders.containsKey(to)
        || to.startsWith(from + "/")) {
      return;
    }
    AccountModel after = current.copy();
    TreeMap<String, Folder> moved = new TreeMap<>();
    after
        .folders
        .entrySet()
        .removeIf(e -> {
          boolean below = e.getKey().equals(from) || e.getKey().startsWith(from + "/");
          if (below) {
            moved.put(to + e.getKey().substring(from.length()), e.getValue());
          }
          return below;
        });
    if (moved.keySet().stream().anyMatch(after.folders::containsKey)) {
      return;
    }
    after.folders.putAll(moved);
    addWithParents(after, to);
    attempt(after, model -> store.mailboxes().rename(account, from, to));
  }

  private void delete(Store store, RandomGenerator random) {
    List<String> deletable =
        current.folders.keySet().stream()
            .filter(n -> NAMES.contains(n) || n.startsWith("e/"))
            .toList();
    String name = any(deletable, random);
    if (name == null || deletable.size() < 3) {
      return;
    }
    AccountModel after = current.copy();
    after.folders.remove(name);
    attempt(after, model -> store.mailboxes().delete(account, name));
  }

  private void setting(Store store, RandomGenerator random) {
    AccountModel after = current.copy();
    String name = NAMES.get(random.nextInt(NAMES.size()));
    switch (random.nextInt(3)) {
      case 0 -> {
        after.subscriptions.add(name);
        attempt(after, model -> store.mailboxes().subscribe(account, name));
      }
      case 1 -> {
        after.subscriptions.remove(name);
        attempt(after, model -> store.mailboxes().unsubscribe(account, name));
      }
      default -> {
        after.quotaMessages = 10_000 + random.nextInt(1000);
        attempt(after, model -> store.directory().setQuota(account, 0, model.quotaMessages));
      }
    }
  }
}
