package org.postrider.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Space comes back: while the store is open by reuse, without a server by a new file. */
class SpaceTest {
  private static final int ROUND = 200;

  @TempDir private Path directory;
  private final FakeClock clock = new FakeClock();

  /** A store whose freed space may be used again at once; usually that is after 5 seconds. */
  private Store openWithoutRetention() {
    return Store.open(
        StoreSettings.of("h2:fs:nioMemFS:space" + UUID.randomUUID() + ";RETENTION_TIME=0"), clock);
  }

  /** Mail comes and goes. Returns the octets of the file when it was fullest. */
  private long round(Store store, Account account, MailboxId inbox) {
    List<Long> uids = new ArrayList<>();
    for (int i = 0; i < ROUND; i++) {
      uids.add(TestMail.deliver(store, account, "x", 4_000).uid());
    }
    store.messages().expunge(inbox, uids.stream().mapToLong(Long::longValue).toArray(), "imap");
    clock.advance(Duration.ofDays(15));
    while (store.contents().sweep(100) > 0) {}
    clock.advance(Duration.ofHours(2));
    while (store.contents().sweep(100) > 0) {}
    long octets = store.housekeeping().octets();
    while (store.housekeeping().rewriteSparse(1 << 20)) {}
    return octets;
  }

  @Test
  void aSteadyTurnoverDoesNotGrowTheFile() {
    try (Store store = openWithoutRetention()) {
      Account alice = store.directory().createAccount("alice@example.org", null);
      MailboxId inbox = store.mailboxes().find(alice.id(), "INBOX").orElseThrow().id();
      for (int i = 0; i < 100; i++) {
        TestMail.deliver(store, alice, "stays", 4_000);
      }
      long before = 0;
      for (int i = 0; i < 3; i++) {
        before = Math.max(before, round(store, alice, inbox));
      }
      long after = 0;
      for (int i = 0; i < 6; i++) {
        after = Math.max(after, round(store, alice, inbox));
      }
      assertThat(after).isLessThan(before * 3 / 2);
      assertThat(StoreCheck.run(store)).isEmpty();
    }
  }

  @Test
  void compactionShrinksTheFileAndKeepsTheOldOne() throws Exception {
    StoreSettings settings = StoreSettings.inDirectory(directory);
    Messages.Snapshot before;
    MailboxId inbox;
    try (Store store = Store.open(settings, clock)) {
      Account alice = store.directory().createAccount("alice@example.org", null);
      inbox = store.mailboxes().find(alice.id(), "INBOX").orElseThrow().id();
      for (int i = 0; i < 20; i++) {
        TestMail.deliver(store, alice, "stays " + i, 100_000);
      }
      round(store, alice, inbox);
      before = store.messages().snapshot(inbox);
      assertThatThrownBy(() -> StoreCompaction.run(settings, false, (what, done, total) -> {}))
          .isInstanceOf(StorageException.class)
          .hasMessageContaining("open already");
    }
    StoreCompaction.Result result = StoreCompaction.run(settings, false, (what, done, total) -> {});
    assertThat(result.leftBehind()).isEmpty();
    assertThat(result.violations()).isEmpty();
    assertThat(result.octetsAfter()).isLessThan(result.octetsBefore());
    assertThat(result.old()).hasSize(result.octetsBefore());
    assertThatThrownBy(() -> StoreCompaction.run(settings, false, (what, done, total) -> {}))
        .isInstanceOf(StorageException.class)
        .hasMessageContaining("still there");
    Files.delete(result.old());
    try (Store store = Store.open(settings, clock)) {
      Messages.Snapshot after = store.messages().snapshot(inbox);
      assertThat(after.uids()).containsExactly(before.uids());
      assertThat(after.mailbox()).isEqualTo(before.mailbox());
      assertThat(StoreCheck.run(store)).isEmpty();
      Account alice = store.directory().account("alice@example.org").orElseThrow();
      assertThat(TestMail.deliver(store, alice, "new", 100).uid())
          .isGreaterThan(before.uids()[before.uids().length - 1]);
    }
  }
}
