package org.postrider.server;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.postrider.server.ContentionMirror.Known;
import org.postrider.storage.Mailbox;
import org.postrider.storage.MessageEntry;
import org.postrider.storage.Messages;
import org.postrider.storage.StorageException;
import org.postrider.storage.Store;
import org.postrider.storage.SystemFlag;

/** Compares what a client knows with the store. */
final class ContentionCheck {
  private final Store store;

  ContentionCheck(Store store) {
    this.store = store;
  }

  /** How far the store was. */
  record Mark(long modSeq) {}

  /** Its mod-sequence now: what comes before it a client must know after its next NOOP. */
  Mark mark(ContentionMirror mirror) {
    Mailbox mailbox = mailbox(mirror);
    return new Mark(mailbox == null ? 0 : mailbox.highestModSeq());
  }

  private @Nullable Mailbox mailbox(ContentionMirror mirror) {
    return mirror.mailbox == null ? null : store.mailboxes().find(mirror.mailbox).orElse(null);
  }

  private static void require(boolean rule, String broken) {
    if (!rule) {
      throw new AssertionError(broken);
    }
  }

  private static Set<String> flags(MessageEntry entry) {
    Set<String> flags = new TreeSet<>(entry.flags().keywords());
    for (SystemFlag flag : SystemFlag.values()) {
      if (entry.flags().has(flag)) {
        flags.add(flag.imapName());
      }
    }
    return flags;
  }

  /** What is so at any time: nobody knows what never was. */
  void agrees(ContentionMirror mirror) {
    if (mirror.mailbox == null) {
      return;
    }
    try {
      for (MessageEntry entry : store.messages().entries(mirror.mailbox, mirror.uids())) {
        Known known = Objects.requireNonNull(mirror.byUid(entry.uid()));
        require(known.modSeq <= entry.modSeq(), "MODSEQ above that of the store: " + entry);
        if (known.modSeq == entry.modSeq() && known.flags != null) {
          same(known, entry);
        }
      }
    } catch (StorageException e) {
      require(e.reason() == StorageException.Reason.NOT_FOUND, e.toString());
    }
  }

  private static void same(Known known, MessageEntry entry) {
    require(
        flags(entry).equals(known.flags),
        "UID " + entry.uid() + " has " + flags(entry) + ", not " + known.flags + ": " + entry);
  }

  /** What the client must know of: everything before the mark. */
  void converged(ContentionMirror mirror, Mark mark) {
    if (mark.modSeq == 0 || mirror.mailbox == null) {
      return;
    }
    try {
      Messages messages = store.messages();
      Set<Long> gone = new HashSet<>();
      Map<Long, MessageEntry> there = new HashMap<>();
      messages.scan(mirror.mailbox, 1, Long.MAX_VALUE, entry -> there.put(entry.uid(), entry));
      LongStream.of(messages.expungedSince(mirror.mailbox, mark.modSeq).uids()).forEach(gone::add);
      for (long uid : mirror.uids()) {
        require(there.containsKey(uid) || gone.contains(uid), "UID " + uid + " is gone, untold");
      }
      long untold = 0;
      for (MessageEntry entry : there.values()) {
        Known known = mirror.byUid(entry.uid());
        if (entry.modSeq() > mark.modSeq) {
          continue;
        }
        if (known == null) {
          untold++;
        } else if (known.flags != null) {
          same(known, entry);
        }
      }
      require(untold <= mirror.unknown(), untold + " messages were not announced");
    } catch (StorageException e) {
      require(e.reason() == StorageException.Reason.NOT_FOUND, e.toString());
    }
  }

  /** After a resynchronization: what is known from before is there. */
  void resumed(ContentionMirror mirror) {
    Set<Long> there = LongStream.of(mirror.uids()).boxed().collect(Collectors.toSet());
    for (long uid : mirror.cachedUids()) {
      require(there.contains(uid), "UID " + uid + " was expunged meanwhile, untold");
    }
  }

  /** While nobody changes anything: client and store are the same. */
  void same(ContentionMirror mirror) {
    Mailbox mailbox = mailbox(mirror);
    if (mailbox == null) {
      return;
    }
    long[] uids = store.messages().snapshot(mailbox.id()).uids();
    List<Long> expected = LongStream.of(uids).boxed().toList();
    List<Long> known = mirror.messages.stream().map(each -> each.uid).toList();
    require(expected.equals(known), "the client knows " + known + ", there are " + expected);
    for (MessageEntry entry : store.messages().entries(mailbox.id(), uids)) {
      same(Objects.requireNonNull(mirror.byUid(entry.uid())), entry);
    }
  }
}
