package org.postrider.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.postrider.storage.Delivery.Remote;
import org.postrider.storage.Delivery.Target;
import org.postrider.storage.DeliveryQueue.Entry;
import org.postrider.storage.DeliveryQueue.State;

/** Mail for ourselves that waited in the queue. */
class LocalFilingTest extends StoreFixture {
  private QueueEntryId queue(long notBefore, String... recipients) {
    try (StagedContent content = TestMail.stage(store, TestMail.message("wait", 300))) {
      return store
          .queue()
          .deliver(
              new Delivery(
                  content,
                  "bob@example.org",
                  List.of(),
                  List.of(recipients).stream().map(Remote::new).toList(),
                  "",
                  1,
                  "test",
                  null,
                  0,
                  notBefore))
          .queueEntry();
    }
  }

  private List<Entry> lease() {
    return store.queue().lease("me", Duration.ofMinutes(10), 100, List.of());
  }

  private List<Target> toAlice() {
    return List.of(new Target(alice.id(), "INBOX", "alice@example.org"));
  }

  @Test
  void mailIsNotLeasedBeforeItsTimeAndIsFiledWithTheEndOfItsEntry() {
    QueueEntryId id = queue(clock.millis() + 1000, "alice@example.org");
    assertThat(lease()).isEmpty();
    assertThat(store.queue().nextDue()).hasValue(clock.millis() + 1000);
    clock.advance(Duration.ofSeconds(1));
    assertThat(lease()).hasSize(1);
    assertThat(store.queue().file("me", id, 0, toAlice(), List.of())).hasSize(1);
    assertThat(store.queue().find(id)).isEmpty();
    assertThat(scan(inbox)).hasSize(1);
  }

  @Test
  void whatSomebodyElseHasLeasedIsNotFiled() {
    QueueEntryId id = queue(0, "alice@example.org");
    lease();
    assertThat(store.queue().file("you", id, 0, toAlice(), List.of())).isEmpty();
    assertThat(scan(inbox)).isEmpty();
  }

  @Test
  void aFullMailboxLeavesTheRecipientInTheQueue() {
    store.directory().setQuota(alice.id(), 100, 0);
    QueueEntryId id = queue(0, "alice@example.org");
    lease();
    assertThatThrownBy(() -> store.queue().file("me", id, 0, toAlice(), List.of()))
        .isInstanceOfSatisfying(
            StorageException.class,
            e -> assertThat(e.reason()).isEqualTo(StorageException.Reason.OVER_QUOTA));
    assertThat(store.queue().find(id).orElseThrow().recipients())
        .singleElement()
        .satisfies(recipient -> assertThat(recipient.state()).isEqualTo(State.LEASED));
  }

  @Test
  void whereTheRecipientLeadsElsewhereByNowThoseWaitInItsPlace() {
    QueueEntryId id = queue(0, "team@example.org", "carol@remote.test");
    lease();
    store.queue().file("me", id, 0, toAlice(), List.of(new Remote("dave@remote.test")));
    assertThat(store.queue().find(id).orElseThrow().recipients())
        .extracting(recipient -> recipient.number() + recipient.address())
        .containsExactly("1carol@remote.test", "2dave@remote.test");
    assertThat(scan(inbox)).hasSize(1);
  }
}
