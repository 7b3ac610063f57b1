package org.postrider.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postrider.storage.DeliveryQueue.Change;
import org.postrider.storage.DeliveryQueue.Entry;
import org.postrider.storage.DeliveryQueue.Recipient;
import org.postrider.storage.DeliveryQueue.Settlement;
import org.postrider.storage.DeliveryQueue.State;

class DeliveryQueueTest {
  private static final Duration LEASE = Duration.ofMinutes(10);

  @TempDir Path directory;
  private final FakeClock clock = new FakeClock();
  private Store store;

  @BeforeEach
  void open() {
    store = Store.open(StoreSettings.inDirectory(directory), clock);
  }

  @AfterEach
  void close() {
    assertThat(StoreCheck.run(store)).isEmpty();
    store.close();
  }

  private QueueEntryId queue(String... recipients) {
    try (StagedContent content = TestMail.stage(store, TestMail.message("out", 300))) {
      QueueEntryId id =
          store
              .queue()
              .deliver(TestMail.delivery(content, List.of(), List.of(recipients)))
              .queueEntry();
      assertThat(id).isNotNull();
      return id;
    }
  }

  private List<Entry> lease(String owner, String... otherThan) {
    return store.queue().lease(owner, LEASE, 100, List.of(otherThan));
  }

  private void settle(String owner, QueueEntryId entry, int recipient, @Nullable State state) {
    long next = clock.millis() + 60_000;
    store
        .queue()
        .settle(
            owner, List.of(new Settlement(entry, recipient, state, next, "250 ok", false, "sent")));
  }

  private Recipient only(QueueEntryId entry) {
    return store.queue().find(entry).orElseThrow().recipients().getFirst();
  }

  @Test
  void aRecipientIsLeasedOnceUntilItsLeaseEnds() {
    QueueEntryId id = queue("a@One.test", "b@two.test");
    List<Entry> leased = lease("me");
    assertThat(leased)
        .singleElement()
        .satisfies(entry -> {
          assertThat(entry.id()).isEqualTo(id);
          assertThat(entry.recipients())
              .extracting(Recipient::domain)
              .containsExactly("one.test", "two.test");
          assertThat(entry.recipients()).extracting(Recipient::attempts).containsOnly(1);
        });
    assertThat(lease("other")).isEmpty();
    clock.advance(LEASE.plusSeconds(1));
    assertThat(lease("other").getFirst().recipients()).hasSize(2);
    settle("me", id, 0, null);
    assertThat(store.queue().find(id).orElseThrow().recipients())
        .as("who lost his lease settles nothing")
        .hasSize(2);
  }

  @Test
  void domainsCanBeLeftOut() {
    queue("a@dead.test");
    QueueEntryId live = queue("a@live.test");
    assertThat(lease("me", "dead.test")).extracting(Entry::id).containsExactly(live);
  }

  @Test
  void anEntryGoesWithItsLastRecipient() {
    QueueEntryId id = queue("a@one.test", "b@one.test");
    ContentId content = lease("me").getFirst().content();
    settle("me", id, 1, null);
    assertThat(store.queue().find(id).orElseThrow().recipients())
        .extracting(Recipient::address)
        .containsExactly("a@one.test");
    settle("me", id, 0, null);
    assertThat(store.queue().find(id)).isEmpty();
    clock.advance(store.settings().retention().plusDays(1));
    while (store.contents().sweep(100) > 0) {}
    assertThat(store.statistics().contents()).isZero();
    assertThat(content.value()).isPositive();
  }

  @Test
  void whatIsDeferredComesAgainAtItsTime() {
    QueueEntryId id = queue("a@one.test");
    lease("me");
    settle("me", id, 0, State.WAITING);
    assertThat(store.queue().nextDue()).hasValue(clock.millis() + 60_000);
    assertThat(lease("me")).isEmpty();
    clock.advance(Duration.ofSeconds(60));
    assertThat(lease("me").getFirst().recipients().getFirst().attempts()).isEqualTo(2);
    assertThat(only(id).lastReply()).isEqualTo("250 ok");
  }

  @Test
  void leasesOfAProcessThatDiedEnd() {
    queue("a@one.test");
    lease("dead");
    store.queue().endLeasesOfOthers("me");
    assertThat(lease("me")).hasSize(1);
    store.queue().endLeasesOfOthers("me");
    assertThat(lease("me")).isEmpty();
  }

  @Test
  void administratorsHoldReleaseRetryAndCancel() {
    QueueEntryId id = queue("a@one.test", "b@one.test");
    assertThat(store.queue().change(id, 1, Change.HOLD, "root")).isEqualTo(1);
    lease("me");
    assertThat(store.queue().change(id, -1, Change.CANCEL, "root"))
        .as("what somebody is trying is left to him")
        .isEqualTo(1);
    assertThat(store.queue().find(id).orElseThrow().recipients())
        .extracting(Recipient::address)
        .containsExactly("a@one.test");
    settle("me", id, 0, State.FAILED);
    clock.advance(Duration.ofDays(30));
    assertThat(lease("me")).isEmpty();
    assertThat(store.queue().change(id, 0, Change.RETRY, "root")).isEqualTo(1);
    assertThat(lease("me")).hasSize(1);
    settle("me", id, 0, State.WAITING);
    assertThat(store.queue().change(id, 0, Change.HOLD, "root")).isEqualTo(1);
    assertThat(store.queue().change(id, 0, Change.RELEASE, "root")).isEqualTo(1);
    assertThat(only(id).state()).isEqualTo(State.WAITING);
    assertThat(store.queue().change(id, -1, Change.CANCEL, "root")).isEqualTo(1);
    assertThat(store.queue().find(id)).isEmpty();
  }
}
