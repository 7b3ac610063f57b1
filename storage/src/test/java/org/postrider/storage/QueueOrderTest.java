package org.postrider.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.postrider.storage.Delivery.Remote;
import org.postrider.storage.DeliveryQueue.Entry;
import org.postrider.storage.DeliveryQueue.Settlement;
import org.postrider.storage.DeliveryQueue.Started;
import org.postrider.storage.DeliveryQueue.State;

/** In which order mail leaves the queue, and who can hasten it. */
class QueueOrderTest extends StoreFixture {
  private QueueEntryId queue(String recipient, int priority, long notBefore) {
    try (StagedContent content = TestMail.stage(store, TestMail.message("order", 300))) {
      return store
          .queue()
          .deliver(
              new Delivery(
                  content,
                  "bob@example.org",
                  List.of(),
                  List.of(new Remote(recipient)),
                  "",
                  1,
                  "test",
                  null,
                  priority,
                  notBefore))
          .queueEntry();
    }
  }

  private List<QueueEntryId> lease(int limit) {
    return store.queue().lease("me", Duration.ofMinutes(10), limit, List.of()).stream()
        .map(Entry::id)
        .toList();
  }

  private void defer(QueueEntryId id) {
    long later = clock.millis() + 60_000;
    store
        .queue()
        .settle(
            "me",
            List.of(
                new Settlement(
                    id,
                    0,
                    State.WAITING,
                    later,
                    "451 later",
                    false,
                    "deferred",
                    DeliveryQueue.Peer.NONE)));
  }

  @Test
  void theMoreUrgentIsLeasedFirstAndAmongEqualsTheOlder() {
    QueueEntryId later = queue("a@one.test", -3, 0);
    QueueEntryId first = queue("a@one.test", 0, 0);
    clock.advance(Duration.ofSeconds(1));
    QueueEntryId second = queue("a@one.test", 0, 0);
    QueueEntryId urgent = queue("a@one.test", 9, 0);
    QueueEntryId held = queue("a@one.test", 5, clock.millis() + 1);
    assertThat(lease(1)).containsExactly(urgent);
    assertThat(lease(1)).containsExactly(first);
    assertThat(lease(2)).containsExactlyInAnyOrder(second, later);
    clock.advance(Duration.ofSeconds(1));
    assertThat(lease(1)).containsExactly(held);
  }

  @Test
  void whatWaitsForADomainIsStartedButNotWhatItsSenderHolds() {
    QueueEntryId waits = queue("a@One.test", 0, 0);
    QueueEntryId below = queue("a@b.one.test", 0, 0);
    queue("a@bone.test", 0, 0);
    lease(10).forEach(this::defer);
    queue("b@one.test", 0, clock.millis() + 60_000);
    assertThat(lease(10)).isEmpty();
    assertThat(store.queue().start("ONE.test", false)).isEqualTo(new Started(1, 0));
    assertThat(lease(10)).containsExactly(waits);
    assertThat(store.queue().start("one.test", true)).isEqualTo(new Started(1, 1));
    assertThat(lease(10)).containsExactly(below);
    assertThat(store.queue().start("two.test", true)).isEqualTo(new Started(0, 0));
  }
}
