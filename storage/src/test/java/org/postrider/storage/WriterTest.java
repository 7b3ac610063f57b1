package org.postrider.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.postrider.storage.StorageException.Reason.OVER_QUOTA;
import static org.postrider.storage.StorageException.Reason.UNAVAILABLE;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class WriterTest extends StoreFixture {
  private static <T> List<T> together(List<Callable<T>> calls) throws Exception {
    List<T> results = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (Future<T> future : threads.invokeAll(calls)) {
        results.add(future.get());
      }
    }
    return results;
  }

  private static void awaitUninterruptibly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void givesEachUidOnce() throws Exception {
    List<Callable<Long>> calls = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      calls.add(() -> append(inbox));
    }
    assertThat(together(calls))
        .containsExactlyInAnyOrderElementsOf(LongStream.rangeClosed(1, 300).boxed().toList());
    assertThat(store.statistics().commits()).isLessThan(300);
  }

  @Test
  void aPoisonousJobFailsAlone() throws Exception {
    CountDownLatch entered = new CountDownLatch(1);
    CountDownLatch gate = new CountDownLatch(1);
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<?> blocker =
          threads.submit(() ->
              store
                  .writer()
                  .submit(
                      0,
                      tx -> {
                        entered.countDown();
                        awaitUninterruptibly(gate);
                        return true;
                      }));
      entered.await();
      List<Future<Long>> good = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        good.add(threads.submit(() -> append(inbox)));
      }
      Future<?> poison =
          threads.submit(() ->
              assertRefused(
                  UNAVAILABLE,
                  () ->
                      store
                          .writer()
                          .submit(
                              0,
                              tx -> {
                                tx.mailbox(inbox).nextUid();
                                return tx.execute("INSERT INTO nowhere VALUES (1)");
                              })));
      gate.countDown();
      blocker.get();
      poison.get();
      for (Future<Long> future : good) {
        assertThat(future.get()).isPositive();
      }
    }
    assertThat(store.messages().snapshot(inbox).uids()).hasSize(20);
    assertThat(mailbox("INBOX").uidNext()).isEqualTo(21);
  }

  @Test
  void refusalsLeaveTheirNeighboursAlone() throws Exception {
    Account poor = store.directory().createAccount("poor@example.org", null);
    store.directory().setQuota(poor.id(), 10, 0);
    List<Callable<Boolean>> calls = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      calls.add(() -> append(inbox) > 0);
      calls.add(() -> {
        assertRefused(OVER_QUOTA, () -> TestMail.deliver(store, poor, "x", 10));
        return true;
      });
    }
    assertThat(together(calls)).doesNotContain(false);
    assertThat(mailbox("INBOX").messages()).isEqualTo(100);
  }

  @Test
  void moversAndExpungersShareTheMessages() throws Exception {
    for (int i = 0; i < 100; i++) {
      append(inbox);
    }
    long[] all = LongStream.rangeClosed(1, 100).toArray();
    MailboxId trash = mailbox("Trash").id();
    List<Callable<Integer>> calls =
        List.of(
            () -> store.messages().move(inbox, all, trash).sourceUids().length,
            () -> store.messages().expunge(inbox, all, "imap").length,
            () -> store.messages().move(inbox, all, trash).sourceUids().length,
            () -> store.messages().expunge(inbox, all, "pop3").length);
    assertThat(together(calls).stream().mapToInt(n -> n).sum()).isEqualTo(100);
    assertThat(mailbox("INBOX").messages()).isZero();
  }

  @Test
  void onlyOneOfTwoConditionalStoresWins() throws Exception {
    append(inbox);
    long modSeq = mailbox("INBOX").highestModSeq();
    List<Callable<Integer>> calls = new ArrayList<>();
    for (SystemFlag flag : SystemFlag.values()) {
      calls.add(() ->
          store
              .messages()
              .storeFlags(
                  inbox,
                  new long[] {1},
                  new FlagChange(FlagChange.Mode.ADD, MessageFlags.of(flag)),
                  OptionalLong.of(modSeq))
              .changed()
              .size());
    }
    assertThat(together(calls).stream().mapToInt(n -> n).sum()).isEqualTo(1);
  }

  @Test
  void anInterruptedCallerStillGetsItsOutcome() {
    Thread.currentThread().interrupt();
    long uid = append(inbox);
    assertThat(Thread.interrupted()).isTrue();
    assertThat(uid).isEqualTo(1);
  }

  @Test
  void refusesWhenClosed() {
    Store other = Store.open(StoreSettings.inMemory("closed-" + System.nanoTime()), clock);
    other.close();
    assertRefused(UNAVAILABLE, () -> other.directory().addDomain("example.org"));
    other.close();
  }

  @Test
  void invariantsHoldOverARandomMix() throws Exception {
    Account bob = store.directory().createAccount("bob@example.org", null);
    store.directory().setQuota(bob.id(), 0, 60);
    List<MailboxId> mailboxes = new ArrayList<>();
    store.mailboxes().list(alice.id()).forEach(m -> mailboxes.add(m.id()));
    store.mailboxes().list(bob.id()).forEach(m -> mailboxes.add(m.id()));
    List<Callable<Boolean>> calls = new ArrayList<>();
    for (int seed = 0; seed < 6; seed++) {
      Random random = new Random(seed);
      calls.add(() -> {
        for (int i = 0; i < 150; i++) {
          step(random, bob, mailboxes);
        }
        return true;
      });
    }
    together(calls);
    assertThat(StoreCheck.run(store)).isEmpty();
  }

  private void step(Random random, Account bob, List<MailboxId> mailboxes) {
    MailboxId one = mailboxes.get(random.nextInt(mailboxes.size()));
    MailboxId two = mailboxes.get(random.nextInt(mailboxes.size()));
    long[] uids = random.longs(5, 1, 30).sorted().distinct().toArray();
    MessageFlags flags = MessageFlags.of(random.nextInt(32), List.of("k" + random.nextInt(5)));
    try {
      switch (random.nextInt(9)) {
        case 0, 1 -> TestMail.append(store, one, flags, random.nextInt(300));
        case 2 -> TestMail.deliver(store, bob, "x", random.nextInt(300));
        case 3 ->
            store
                .messages()
                .storeFlags(
                    one,
                    uids,
                    new FlagChange(FlagChange.Mode.values()[random.nextInt(3)], flags),
                    OptionalLong.empty());
        case 4 -> store.messages().copy(one, uids, two);
        case 5 -> store.messages().move(one, uids, two);
        case 6 -> store.messages().expunge(one, uids, "imap");
        case 7 -> store.messages().expungeDeleted(one, uids, "imap");
        default -> store.contents().sweep(10);
      }
    } catch (StorageException e) {
      assertThat(e.reason()).isEqualTo(OVER_QUOTA);
    }
  }
}
