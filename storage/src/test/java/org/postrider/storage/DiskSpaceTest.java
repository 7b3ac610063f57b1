package org.postrider.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postrider.storage.StorageException.Reason;
import org.postrider.storage.StoreCondition.State;
import org.postrider.storage.fs.OrderedFilePath;
import org.postrider.testkit.PowerLossDisk;

class DiskSpaceTest {
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final AtomicLong usable = new AtomicLong(Long.MAX_VALUE);

  private void leave(Store store, long octets, State state) {
    usable.set(octets);
    await().atMost(PATIENCE).until(() -> store.condition().state() == state);
  }

  @Test
  void onTheReserveOnlyWhatMakesRoomIsDone() {
    StoreSettings settings = StoreSettings.inMemory(UUID.randomUUID().toString());
    try (Store store = Store.open(settings, Clock.systemUTC(), usable::get)) {
      Account alice = store.directory().createAccount("alice@example.org", null);
      MailboxId inbox = store.mailboxes().find(alice.id(), "INBOX").orElseThrow().id();
      MailboxId trash = store.mailboxes().find(alice.id(), "Trash").orElseThrow().id();
      for (int i = 0; i < 4; i++) {
        TestMail.deliver(store, alice, "m", 100);
      }
      StagedContent staged = TestMail.stage(store, TestMail.message("m", 100));

      leave(store, StoreSettings.RESERVE_BYTES - 1, State.DISK_LOW);
      StoreFixture.assertRefused(Reason.NO_SPACE, store::requireRoom);
      StoreFixture.assertRefused(Reason.NO_SPACE, () -> store.contents().write());
      var target = new Delivery.Target(alice.id(), "INBOX", "alice@example.org");
      StoreFixture.assertRefused(
          Reason.NO_SPACE,
          () -> store.queue().deliver(TestMail.delivery(staged, List.of(target), List.of())));
      var message = new Messages.NewMessage(staged, MessageFlags.NONE, 1);
      StoreFixture.assertRefused(
          Reason.NO_SPACE, () -> store.messages().append(inbox, List.of(message)));
      StoreFixture.assertRefused(
          Reason.NO_SPACE, () -> store.messages().copy(inbox, new long[] {1}, trash));
      StoreFixture.assertRefused(
          Reason.NO_SPACE, () -> store.mailboxes().create(alice.id(), "a", null));
      StoreFixture.assertRefused(
          Reason.NO_SPACE, () -> store.directory().createAccount("bob@example.org", null));
      FlagChange deleted = new FlagChange(FlagChange.Mode.ADD, MessageFlags.of(SystemFlag.DELETED));
      store.messages().storeFlags(inbox, new long[] {1}, deleted, OptionalLong.empty());
      assertThat(store.messages().expungeDeleted(inbox, new long[] {1}, "imap")).hasSize(1);
      store.messages().move(inbox, new long[] {2}, trash);
      store.mailboxes().delete(alice.id(), "Drafts");
      store.contents().sweep(10);

      leave(store, DiskSpace.FLOOR - 1, State.DISK_FULL);
      StoreFixture.assertRefused(
          Reason.NO_SPACE, () -> store.messages().expunge(inbox, new long[] {3}, "pop3"));
      assertThat(store.messages().snapshot(inbox).uids()).containsExactly(3, 4);

      leave(store, StoreSettings.RESERVE_BYTES, State.SOUND);
      store.requireRoom();
      store.messages().append(inbox, List.of(message));
      staged.close();
      assertThat(StoreCheck.run(store)).isEmpty();
    }
  }

  @Test
  void aStoreWhoseDiskRanFullGoesOnByItselfWhenThereIsSpace() {
    OrderedFilePath.register();
    try (PowerLossDisk disk = new PowerLossDisk(4096)) {
      String url = "h2:fs:" + OrderedFilePath.SCHEME + ":" + disk.path("mail");
      AtomicInteger reopened = new AtomicInteger();
      try (Store store = Store.open(StoreSettings.of(url), Clock.systemUTC(), usable::get)) {
        store.whenReopened(reopened::incrementAndGet);
        Account alice = store.directory().createAccount("alice@example.org", null);
        MailboxId inbox = store.mailboxes().find(alice.id(), "INBOX").orElseThrow().id();
        int delivered = 0;
        for (int round = 1; round <= 2; round++) {
          usable.set(1L << 30);
          await().atMost(PATIENCE).until(() -> store.condition().state() == State.SOUND);
          // What was acknowledged is there, and what is new gets new numbers.
          assertThat(store.messages().snapshot(inbox).uids())
              .hasSizeBetween(delivered, delivered + 1);
          delivered = store.messages().snapshot(inbox).uids().length;
          TestMail.deliver(store, alice, "m", 100);
          delivered++;
          disk.failAfter(PowerLossDisk.Fault.SPACE, round * 20_000L, round);
          delivered += deliverUntilRefused(store, alice);
          assertThat(store.condition().state()).isEqualTo(State.FAILED);
          StoreFixture.assertRefused(Reason.UNAVAILABLE, () -> store.messages().snapshot(inbox));
          assertThat(reopened).hasValue(round - 1);
          usable.set(StoreSettings.RESERVE_BYTES - 1);
          disk.mend();
        }
        usable.set(1L << 30);
        await().atMost(PATIENCE).until(() -> store.condition().state() == State.SOUND);
        assertThat(reopened).hasValue(2);
        assertThat(StoreCheck.run(store)).isEmpty();
      }
      try (Store store = Store.open(StoreSettings.of(url), Clock.systemUTC())) {
        assertThat(StoreCheck.run(store)).isEmpty();
      }
    }
  }

  private static int deliverUntilRefused(Store store, Account account) {
    int delivered = 0;
    while (true) {
      try {
        TestMail.deliver(store, account, "m", 3_000);
        delivered++;
      } catch (StorageException e) {
        assertThat(e.reason()).isEqualTo(Reason.UNAVAILABLE);
        return delivered;
      }
    }
  }

  private static boolean run(String... command) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(DISCARD).start();
    return process.waitFor(5, TimeUnit.SECONDS) && process.exitValue() == 0;
  }

  private static final ProcessBuilder.Redirect DISCARD = ProcessBuilder.Redirect.DISCARD;

  @Test
  void aDiskThatRunsFullAndIsEmptiedAgain(@TempDir Path directory) throws Exception {
    String where = directory.toString();
    assumeTrue(
        run("mount", "-t", "tmpfs", "-o", "size=24m", "none", where),
        "a small file system cannot be mounted here; run as root");
    try {
      StoreSettings d = StoreSettings.inDirectory(directory);
      StoreSettings settings =
          new StoreSettings(
              d.url(),
              4,
              2,
              128,
              8 << 20,
              1 << 20,
              1 << 20,
              Duration.ZERO,
              Duration.ZERO,
              99,
              9,
              12 << 20,
              false);
      try (Store store = Store.open(settings, Clock.systemUTC())) {
        Account alice = store.directory().createAccount("alice@example.org", null);
        MailboxId inbox = store.mailboxes().find(alice.id(), "INBOX").orElseThrow().id();
        StoreFixture.assertRefused(
            Reason.NO_SPACE,
            () -> {
              for (int i = 0; i < 500; i++) {
                TestMail.deliver(store, alice, "fill", 100_000);
              }
            });
        assertThat(store.condition().state()).isEqualTo(State.DISK_LOW);
        long[] uids = store.messages().snapshot(inbox).uids();
        assertThat(uids).hasSizeGreaterThan(20);

        Path other = directory.resolve("other");
        fill(other);
        await().atMost(PATIENCE).until(() -> store.condition().state() == State.DISK_FULL);
        StoreFixture.assertRefused(
            Reason.NO_SPACE, () -> store.messages().expunge(inbox, uids, "imap"));
        assertThat(store.messages().snapshot(inbox).uids()).isEqualTo(uids);

        Files.delete(other);
        await().atMost(PATIENCE).until(() -> store.condition().state() == State.DISK_LOW);
        assertThat(store.messages().expunge(inbox, uids, "imap")).isEqualTo(uids);
        assertThat(StoreCheck.run(store)).isEmpty();
      }
      run("mount", "-o", "remount,size=64m", where);
      try (Store store = Store.open(settings, Clock.systemUTC())) {
        Account alice = store.directory().account("alice@example.org").orElseThrow();
        TestMail.deliver(store, alice, "again", 100_000);
        assertThat(StoreCheck.run(store)).isEmpty();
      }
    } finally {
      run("umount", where);
    }
  }

  private static void fill(Path file) throws IOException {
    try (OutputStream out = Files.newOutputStream(file)) {
      while (true) {
        out.write(new byte[1 << 16]);
      }
    } catch (IOException e) {
      assertThat(e).hasMessageContaining("space");
    }
  }

  @Test
  void aRealDiskThatRunsFullInTheMiddleOfACommit(@TempDir Path directory) throws Exception {
    String where = directory.toString();
    assumeTrue(
        run("mount", "-t", "tmpfs", "-o", "size=12m", "none", where),
        "a small file system cannot be mounted here; run as root");
    usable.set(1L << 30); // as if it were not seen in time
    try {
      StoreSettings settings = StoreSettings.inDirectory(directory);
      try (Store store = Store.open(settings, Clock.systemUTC(), usable::get)) {
        Account alice = store.directory().createAccount("alice@example.org", null);
        Path other = directory.resolve("other");
        Files.write(other, new byte[8 << 20]);
        int delivered = deliverUntilRefused(store, alice);
        assertThat(store.condition().state()).isEqualTo(State.FAILED);
        Files.delete(other);
        await().atMost(PATIENCE).until(() -> store.condition().state() == State.SOUND);
        MailboxId inbox = store.mailboxes().find(alice.id(), "INBOX").orElseThrow().id();
        assertThat(store.messages().snapshot(inbox).uids())
            .hasSizeBetween(delivered, delivered + 1);
        TestMail.deliver(store, alice, "m", 3_000);
        assertThat(StoreCheck.run(store)).isEmpty();
        // Nobody else can open it: the lock of the file is held.
        Object inode = Files.getAttribute(directory.resolve("postrider.mv.db"), "unix:ino");
        assertThat(Files.readString(Path.of("/proc/locks"))).contains(":" + inode + " ");
      }
    } finally {
      run("umount", where);
    }
  }
}
