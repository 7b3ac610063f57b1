package org.postrider.smtp.relay;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;
import org.postrider.storage.ContentId;
import org.postrider.storage.DeliveryQueue.Entry;
import org.postrider.storage.QueueEntryId;

/** What comes new overtakes nothing that waits. */
class ArrivalsTest {
  private final Map<Destination.Key, Destination> destinations = new ConcurrentHashMap<>();
  private final Arrivals arrivals =
      new Arrivals(
          "me", Duration.ofHours(1), domain -> "by." + domain, destinations, (entry, until) -> {});

  private Destination destination(String domain) {
    return destinations.computeIfAbsent(
        new Destination.Key("by." + domain, TlsWish.REQUIRED),
        key -> new Destination(key, RelaySettings.defaults("mx.example.org"), Clock.systemUTC()));
  }

  private void looked(boolean all, String... without) {
    arrivals.looked(arrivals.behind(), Set.of(without), all);
  }

  @Test
  void nothingIsTakenBeforeItIsKnownWhatWaits() {
    assertThat(arrivals.takes("a.test")).isFalse();
    looked(false);
    assertThat(arrivals.takes("a.test")).isFalse();
    looked(true);
    assertThat(arrivals.takes("a.test")).isTrue();
    arrivals.close();
    assertThat(arrivals.takes("a.test")).isFalse();
  }

  @Test
  void whatWasLeftOutIsNotOvertaken() {
    looked(true, "by.a.test");
    assertThat(arrivals.takes("a.test")).isFalse();
    assertThat(arrivals.takes("b.test")).isTrue();
    looked(true);
    assertThat(arrivals.takes("a.test")).isTrue();
  }

  @Test
  void aFullDestinationTakesNothingUntilTheStoreWasLookedThrough() {
    looked(true);
    Entry entry = entry();
    for (int i = 0; i < Destination.WAITING_MAX; i++) {
      destination("a.test").add(new Job(entry, List.of(), 0), false);
    }
    Set<String> before = arrivals.behind();
    assertThat(arrivals.takes("a.test")).isFalse();
    destination("a.test").drain(10);
    arrivals.looked(before, Set.of(), true);
    assertThat(arrivals.takes("a.test")).as("it was refused after the look began").isFalse();
    looked(true);
    assertThat(arrivals.takes("a.test")).isTrue();
  }

  @Test
  void aDestinationThatIsDownTakesNothing() {
    looked(true);
    destination("a.test").fail(Outcome.deferred("4.4.1", "closed"));
    assertThat(arrivals.takes("a.test")).isFalse();
    assertThat(arrivals.takes("b.test")).isTrue();
  }

  private static Entry entry() {
    return new Entry(
        new QueueEntryId(1), new ContentId(1), "", "", 1, 1, "s", Optional.empty(), List.of());
  }
}
