package org.postrider.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
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
  private static final DeliveryQueue.Peer PEER =
      new DeliveryQueue.Peer("mx.one.test", "TLSv1.3 TLS_AES_256_GCM_SHA384");
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
            owner,
            List.of(new Settlement(entry, recipient, state, next, "250 ok", false, "sent", PEER)));
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

  /** Takes what is for one.test. */
  private static final class OneCarrier implements DeliveryQueue.Carrier {
    private final List<Entry> carried = new ArrayList<>();

    @Override
    public String owner() {
      return "me";
    }

    @Override
    public Duration lease() {
      return LEASE;
    }

    @Override
    public boolean takes(String domain) {
      return domain.equals("one.test");
    }

    @Override
    public void carry(Entry entry) {
      carried.add(entry);
    }
  }

  @Test
  void whatACarrierTakesAtOnceIsHisUntilTheLeaseEnds() throws IOException {
    OneCarrier carrier = new OneCarrier();
    AtomicInteger arrivals = new AtomicInteger();
    store.queue().carrier(carrier);
    store.queue().onArrival(arrivals::incrementAndGet);
    QueueEntryId both = queue("a@One.test", "b@two.test");
    assertThat(arrivals).hasValue(1);
    Entry stored = store.queue().find(both).orElseThrow();
    assertThat(carrier.carried)
        .singleElement()
        .satisfies(entry -> {
          assertThat(entry.recipients()).containsExactly(stored.recipients().getFirst());
          assertThat(entry.recipients().getFirst().attempts()).isOne();
          assertThat(entry)
              .usingRecursiveComparison()
              .ignoringFields("recipients")
              .isEqualTo(stored);
        });
    ContentId content = stored.content();
    ByteArrayOutputStream octets = new ByteArrayOutputStream();
    store.contents().copy(content, 10, 50, octets);
    byte[] whole = TestMail.message("out", 300);
    assertThat(octets.toByteArray()).isEqualTo(Arrays.copyOfRange(whole, 10, 60));
    assertThat(store.contents().header(content))
        .hasSize((int) store.contents().digest(content).headerSize())
        .isEqualTo(Arrays.copyOf(whole, store.contents().header(content).length));
    QueueEntryId one = queue("c@one.test");
    assertThat(arrivals).as("nothing waits").hasValue(1);
    assertThat(lease("other"))
        .flatExtracting(Entry::recipients)
        .extracting(Recipient::address)
        .containsExactly("b@two.test");
    settle("me", one, 0, null);
    assertThat(store.queue().find(one)).isEmpty();
    clock.advance(LEASE.plusSeconds(1));
    assertThat(lease("other"))
        .flatExtracting(Entry::recipients)
        .extracting(Recipient::address)
        .containsExactlyInAnyOrder("a@One.test", "b@two.test");
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
    assertThat(only(id).lastReply()).isEqualTo("mx.one.test: 250 ok");
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

  @Test
  void everyAttemptIsKeptAlsoWhenTheEntryIsGone() {
    QueueEntryId id = queue("a@one.test");
    lease("me");
    settle("me", id, 0, State.WAITING);
    clock.advance(Duration.ofMinutes(1));
    store.queue().change(id, 0, Change.RETRY, "root");
    lease("me");
    long at = clock.millis();
    settle("me", id, 0, null);
    assertThat(store.queue().find(id)).isEmpty();
    assertThat(store.queue().events(id))
        .extracting(QueueEvent::attempt, QueueEvent::kind, QueueEvent::reply)
        .containsExactly(
            tuple(0, "queued", ""),
            tuple(1, "sent", "250 ok"),
            tuple(0, "retry", "root"),
            tuple(2, "sent", "250 ok"));
    assertThat(store.queue().events(id).getLast())
        .isEqualTo(
            new QueueEvent(id, at, 0, 2, "sent", "a@one.test", PEER.host(), PEER.tls(), "250 ok"));
  }

  @Test
  void theNewestAttemptsAndChangesOfARecipientAreKept() {
    QueueEntryId id = queue("a@one.test", "b@one.test");
    store.queue().change(id, 1, Change.HOLD, "root");
    for (int i = 0; i < QueueEvent.ATTEMPTS_MAX + 3; i++) {
      lease("me");
      settle("me", id, 0, State.WAITING);
      store.queue().change(id, 0, Change.RETRY, "root");
    }
    List<QueueEvent> events = store.queue().events(id);
    assertThat(events.stream().filter(QueueEvent::isAttempt))
        .hasSize(QueueEvent.ATTEMPTS_MAX)
        .first()
        .extracting(QueueEvent::attempt)
        .isEqualTo(4);
    assertThat(events.stream().filter(event -> event.kind().equals("retry")))
        .hasSize(QueueEvent.CHANGES_MAX);
    assertThat(events).as("each for itself").anyMatch(event -> event.kind().equals("hold"));
  }

  @Test
  void administratorsBounceAndRoute() {
    QueueEntryId id = queue("a@one.test", "b@one.test");
    store.queue().change(id, 1, Change.HOLD, "root");
    assertThat(store.queue().change(id, -1, Change.ROUTE, "mx.test:2525", "root")).isEqualTo(2);
    assertThat(store.queue().find(id).orElseThrow().recipients())
        .extracting(Recipient::route, Recipient::state)
        .containsExactly(tuple("mx.test:2525", State.WAITING), tuple("mx.test:2525", State.HELD));
    assertThat(store.queue().change(id, 0, Change.ROUTE, "", "root")).isEqualTo(1);
    assertThat(only(id).route()).isEmpty();
    clock.advance(Duration.ofMinutes(1));
    assertThat(store.queue().change(id, -1, Change.BOUNCE, "no more", "root")).isEqualTo(2);
    assertThat(lease("me", "one.test"))
        .as("what is given up waits for no host")
        .singleElement()
        .satisfies(entry ->
            assertThat(entry.recipients())
                .extracting(Recipient::verdict)
                .containsExactly("no more", "no more"));
    settle("me", id, 0, State.FAILED);
    store.queue().change(id, 0, Change.RETRY, "root");
    assertThat(only(id).verdict()).as("a retry is a retry").isEmpty();
  }

  @Test
  void withoutASenderNobodyCanBeTold() {
    QueueEntryId id;
    try (StagedContent content = TestMail.stage(store, TestMail.message("out", 300))) {
      id =
          store
              .queue()
              .deliver(
                  new Delivery(
                      content,
                      "",
                      List.of(),
                      List.of(new Delivery.Remote("a@one.test")),
                      "",
                      1,
                      "session",
                      null))
              .queueEntry();
    }
    assertThat(store.queue().change(id, -1, Change.BOUNCE, "no more", "root")).isZero();
  }
}
