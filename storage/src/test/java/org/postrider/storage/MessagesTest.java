package org.postrider.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.postrider.storage.StorageException.Reason.LIMIT;
import static org.postrider.storage.StorageException.Reason.NOT_FOUND;
import static org.postrider.storage.StorageException.Reason.OVER_QUOTA;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class MessagesTest extends StoreFixture {
  private static FlagChange change(FlagChange.Mode mode, int system, String... keywords) {
    return new FlagChange(mode, MessageFlags.of(system, List.of(keywords)));
  }

  private Messages.StoreResult store(FlagChange change, long... uids) {
    return store.messages().storeFlags(inbox, uids, change, OptionalLong.empty());
  }

  @Test
  void snapshotOfAnEmptyMailbox() {
    Messages.Snapshot snapshot = store.messages().snapshot(inbox);
    assertThat(snapshot.uids()).isEmpty();
    assertThat(snapshot.firstUnseen()).isZero();
    assertThat(snapshot.mailbox().uidNext()).isEqualTo(1);
    assertThat(snapshot.mailbox().highestModSeq()).isEqualTo(1);
  }

  @Test
  void countsWhatIsAppended() {
    append(inbox, SystemFlag.SEEN);
    append(inbox, SystemFlag.DELETED);
    Messages.Snapshot snapshot = store.messages().snapshot(inbox);
    assertThat(snapshot.uids()).containsExactly(1, 2);
    assertThat(snapshot.firstUnseen()).isEqualTo(2);
    assertThat(snapshot.mailbox())
        .extracting(Mailbox::messages, Mailbox::unseen, Mailbox::deleted, Mailbox::uidNext)
        .containsExactly(2L, 1L, 1L, 3L);
  }

  @Test
  void addsReplacesAndRemovesFlagsAndKeywords() {
    append(inbox);
    Messages.StoreResult added = store(change(FlagChange.Mode.ADD, 1, "$Work", "zebra"), 1, 9);
    assertThat(added.changed())
        .singleElement()
        .satisfies(entry -> {
          assertThat(entry.flags().has(SystemFlag.SEEN)).isTrue();
          assertThat(entry.flags().keywords()).containsExactly("$Work", "zebra");
        });
    assertThat(scan(inbox)).isEqualTo(added.changed());
    assertThat(store(change(FlagChange.Mode.ADD, 1, "$WORK"), 1).changed()).isEmpty();
    assertThat(store(change(FlagChange.Mode.REMOVE, 0, "$work"), 1).changed().getFirst().flags())
        .isEqualTo(new MessageFlags(1, List.of("zebra")));
    assertThat(store(change(FlagChange.Mode.REPLACE, 8), 1).changed().getFirst().flags())
        .isEqualTo(MessageFlags.of(SystemFlag.DELETED));
    assertThat(store.messages().snapshot(inbox).keywords()).containsExactly("$Work", "zebra");
    assertThat(mailbox("INBOX").deleted()).isEqualTo(1);
  }

  @Test
  void leavesAloneWhatChangedSince() {
    append(inbox);
    append(inbox);
    long modSeq = mailbox("INBOX").highestModSeq();
    store(change(FlagChange.Mode.ADD, 2), 1);
    Messages.StoreResult result =
        store
            .messages()
            .storeFlags(
                inbox, new long[] {1, 2}, change(FlagChange.Mode.ADD, 1), OptionalLong.of(modSeq));
    assertThat(result.modified()).containsExactly(1);
    assertThat(result.changed()).extracting(MessageEntry::uid).containsExactly(2L);
  }

  @Test
  void refusesMoreKeywordsThanTheLimit() {
    append(inbox);
    String[] many =
        IntStream.range(0, store.settings().keywordsMax())
            .mapToObj(i -> "k" + i)
            .toArray(String[]::new);
    store(change(FlagChange.Mode.ADD, 0, many), 1);
    assertRefused(LIMIT, () -> store(change(FlagChange.Mode.ADD, 0, "another"), 1));
    assertThat(scan(inbox).getFirst().flags().keywords()).hasSize(many.length);
  }

  @Test
  void tellsWhatChangedAndVanished() {
    append(inbox);
    append(inbox);
    append(inbox);
    long before = mailbox("INBOX").highestModSeq();
    assertThat(store.messages().changesSince(inbox, before).changed()).isEmpty();
    store(change(FlagChange.Mode.ADD, 1), 2);
    store.messages().expunge(inbox, new long[] {1}, "imap");
    append(inbox);
    Messages.Changes changes = store.messages().changesSince(inbox, before);
    assertThat(changes.changed()).containsExactly(2, 4);
    assertThat(changes.vanished()).containsExactly(1);
    assertThat(changes.highestModSeq()).isEqualTo(mailbox("INBOX").highestModSeq());
  }

  @Test
  void remembersWhatWasExpungedAndWhen() {
    for (int i = 0; i < 4; i++) {
      append(inbox);
    }
    MailboxId archive = mailbox("Archive").id();
    long before = mailbox("INBOX").highestModSeq();
    store.messages().expunge(inbox, new long[] {3}, "imap");
    long then = mailbox("INBOX").highestModSeq();
    store.messages().move(inbox, new long[] {1, 2}, archive);
    long now = mailbox("INBOX").highestModSeq();
    assertThat(before).isLessThan(then);
    assertThat(then).isLessThan(now);
    assertThat(store.messages().expungedSince(inbox, before))
        .satisfies(expunged -> {
          assertThat(expunged.uids()).containsExactly(1, 2, 3);
          assertThat(expunged.complete()).isTrue();
        });
    assertThat(store.messages().expungedSince(inbox, then).uids()).containsExactly(1, 2);
    assertThat(store.messages().expungedSince(inbox, now).uids()).isEmpty();
  }

  @Test
  void expungesOnlyWhatIsMarked() {
    append(inbox);
    append(inbox, SystemFlag.DELETED);
    assertThat(store.messages().expungeDeleted(inbox, new long[] {1, 2, 3}, "imap"))
        .containsExactly(2);
    assertThat(store.messages().expunge(inbox, new long[] {1, 2}, "pop3")).containsExactly(1);
    assertThat(store.directory().quota(alice.id()).bytes()).isZero();
    assertThat(append(inbox)).isEqualTo(3);
  }

  @Test
  void copiesAndMovesWithFlagsAndSharedContent() {
    append(inbox, SystemFlag.FLAGGED);
    append(inbox);
    store(change(FlagChange.Mode.ADD, 0, "other"), 1);
    store(change(FlagChange.Mode.ADD, 0, "mine"), 2);
    MailboxId archive = mailbox("Archive").id();
    Messages.CopyResult copied = store.messages().copy(inbox, new long[] {2, 5}, archive);
    assertThat(copied.sourceUids()).containsExactly(2);
    assertThat(copied.targetUids()).containsExactly(1);
    Messages.CopyResult moved = store.messages().move(inbox, new long[] {1}, archive);
    assertThat(moved.targetUids()).containsExactly(2);
    assertThat(scan(archive))
        .extracting(entry -> entry.flags().keywords())
        .containsExactly(List.of("mine"), List.of("other"));
    assertThat(scan(archive).getFirst().content()).isEqualTo(scan(inbox).getFirst().content());
    assertThat(store.statistics().contents()).isEqualTo(2);
    assertThat(store.messages().move(inbox, new long[] {2}, inbox).targetUids()).containsExactly(3);
    assertThat(scan(inbox)).extracting(MessageEntry::uid).containsExactly(3L);
  }

  /** Doubles the mailbox until it has that many messages; all share their content. */
  private void fill(int messages) {
    append(inbox);
    for (int count = 1; count < messages; ) {
      int more = Math.min(count, messages - count);
      long[] uids = LongStream.rangeClosed(1, more).toArray();
      assertThat(store.messages().copy(inbox, uids, inbox).targetUids()).hasSize(more);
      count += more;
    }
  }

  @Test
  void changesMoreThanAPageAtOnce() {
    int many = 2 * MessageSelection.PAGE + 7;
    fill(many);
    long[] all = LongStream.rangeClosed(1, many).toArray();
    long before = mailbox("INBOX").highestModSeq();
    store.directory().setQuota(alice.id(), 0, 2L * many - 1);
    MailboxId archive = mailbox("Archive").id();
    assertRefused(OVER_QUOTA, () -> store.messages().copy(inbox, all, archive));
    assertThat(mailbox("Archive").messages()).isZero();
    assertThat(store.messages().move(inbox, all, archive).targetUids()).isEqualTo(all);
    assertThat(mailbox("INBOX").messages()).isZero();
    assertThat(store.messages().changesSince(inbox, before).vanished()).isEqualTo(all);
    assertThat(mailbox("Archive").highestModSeq()).isEqualTo(2);
    long[] marked = LongStream.rangeClosed(2, many).toArray();
    FlagChange deleted = change(FlagChange.Mode.ADD, SystemFlag.DELETED.bit());
    store.messages().storeFlags(archive, marked, deleted, OptionalLong.empty());
    assertThat(store.messages().expungeDeleted(archive, all, "imap")).isEqualTo(marked);
    assertThat(mailbox("Archive").messages()).isEqualTo(1);
  }

  @Test
  void tellsOfMoreChangesThanAQueryReads() {
    int many = 21_000;
    fill(many);
    assertThat(store.messages().changesSince(inbox, 0).changed())
        .isEqualTo(LongStream.rangeClosed(1, many).toArray());
  }

  private static Messages.NewMessage small(StagedContent content) {
    return new Messages.NewMessage(content, MessageFlags.NONE, 0);
  }

  @Test
  void replacesInOneChangeOrNotAtAll() {
    append(inbox);
    MailboxId archive = store.mailboxes().create(alice.id(), "Old", null).id();
    long size = scan(inbox).getFirst().size();
    store.directory().setQuota(alice.id(), size, 1);
    byte[] same = TestMail.message("append", 100);
    byte[] longer = TestMail.message("append", 101);
    try (StagedContent content = TestMail.stage(store, longer)) {
      assertRefused(OVER_QUOTA, () -> store.messages().replace(inbox, 1, archive, small(content)));
    }
    assertThat(scan(inbox)).hasSize(1);
    try (StagedContent content = TestMail.stage(store, same)) {
      assertThat(store.messages().replace(inbox, 1, archive, small(content)).uids())
          .containsExactly(1);
    }
    assertThat(scan(inbox)).isEmpty();
    assertThat(scan(archive)).hasSize(1);
    try (StagedContent content = TestMail.stage(store, same)) {
      assertRefused(NOT_FOUND, () -> store.messages().replace(inbox, 1, archive, small(content)));
    }
    assertThat(scan(archive)).hasSize(1);
    assertThat(store.directory().quota(alice.id()).messages()).isEqualTo(1);
  }

  @Test
  void whatIsStoredAheadReadsAsItCame() throws IOException {
    byte[] bytes = TestMail.message("ahead", 3000);
    StagedContent ahead;
    try (ContentWriter writer = store.contents().write()) {
      writer.write(bytes, 0, bytes.length);
      ahead = writer.finishAhead();
    }
    try (ahead) {
      assertThat(ahead.open().readAllBytes()).isEqualTo(bytes);
      assertThat(ahead.waitingOctets()).isLessThan(bytes.length);
      store.messages().append(inbox, List.of(small(ahead)));
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    store.contents().copy(scan(inbox).getFirst().content(), 0, bytes.length, out);
    assertThat(out.toByteArray()).isEqualTo(bytes);
  }

  @Test
  void holdsTheQuota() {
    long uid = append(inbox);
    long size = scan(inbox).getFirst().size();
    store.directory().setQuota(alice.id(), 2 * size - 1, 0);
    assertRefused(OVER_QUOTA, () -> append(inbox));
    assertRefused(
        OVER_QUOTA, () -> store.messages().copy(inbox, new long[] {uid}, mailbox("Sent").id()));
    assertRefused(OVER_QUOTA, () -> TestMail.deliver(store, alice, "x", 300));
    store.messages().move(inbox, new long[] {uid}, mailbox("Sent").id());
    store.directory().setQuota(alice.id(), 0, 1);
    assertRefused(OVER_QUOTA, () -> append(inbox));
    store.directory().setQuota(alice.id(), 0, 0);
    append(inbox);
  }

  @Test
  void appendsAllOrNone() {
    byte[] small = TestMail.message("small", 10);
    store.directory().setQuota(alice.id(), 0, 2);
    List<Messages.NewMessage> three =
        IntStream.range(0, 3)
            .mapToObj(
                i -> new Messages.NewMessage(TestMail.stage(store, small), MessageFlags.NONE, 5))
            .toList();
    assertRefused(OVER_QUOTA, () -> store.messages().append(inbox, three));
    assertThat(scan(inbox)).isEmpty();
    assertThat(store.messages().append(inbox, three.subList(0, 2)).uids()).containsExactly(1, 2);
  }

  @Test
  void refusesAMailboxThatIsGone() {
    Mailbox mailbox = store.mailboxes().create(alice.id(), "gone", null);
    append(mailbox.id());
    store.mailboxes().delete(alice.id(), "gone");
    assertRefused(NOT_FOUND, () -> store.messages().snapshot(mailbox.id()));
    assertRefused(NOT_FOUND, () -> scan(mailbox.id()));
    assertRefused(NOT_FOUND, () -> store.messages().entries(mailbox.id(), new long[] {1}));
    assertRefused(NOT_FOUND, () -> store.messages().changesSince(mailbox.id(), 1));
    assertRefused(NOT_FOUND, () -> append(mailbox.id()));
    assertRefused(NOT_FOUND, () -> store.messages().expunge(mailbox.id(), new long[] {1}, "imap"));
    assertRefused(NOT_FOUND, () -> store.messages().copy(inbox, new long[] {1}, mailbox.id()));
    assertRefused(NOT_FOUND, () -> store.messages().move(mailbox.id(), new long[] {1}, inbox));
  }

  @Test
  void readsRangesAndSparseUids() {
    for (int i = 0; i < 40; i++) {
      append(inbox);
    }
    assertThat(store.messages().entries(inbox, new long[] {1, 20, 40, 99}))
        .extracting(MessageEntry::uid)
        .containsExactly(1L, 20L, 40L);
    assertThat(store.messages().entries(inbox, new long[] {3, 4, 5})).hasSize(3);
    assertThat(store.messages().entries(inbox, new long[0])).isEmpty();
  }

  @Test
  void wakesWatchersAfterTheCommit() {
    AtomicInteger woken = new AtomicInteger();
    AtomicInteger account = new AtomicInteger();
    List<ChangeBus.Subscription> watches =
        List.of(
            store
                .changes()
                .watch(
                    inbox,
                    () -> {
                      throw new IllegalStateException("a watcher that fails");
                    }),
            store.changes().watch(inbox, woken::incrementAndGet),
            store.changes().watch(alice.id(), account::incrementAndGet));
    append(inbox);
    store.mailboxes().create(alice.id(), "new", null); // a later commit, so the first was told
    assertThat(woken).hasValue(1);
    assertThat(account.get()).isGreaterThanOrEqualTo(1);
    watches.forEach(ChangeBus.Subscription::close);
    append(inbox);
    store.mailboxes().create(alice.id(), "newer", null);
    assertThat(woken).hasValue(1);
  }
}
