package org.postrider.smtp.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postrider.smtp.relay.RelaySettings.Route;
import org.postrider.smtp.relay.RelaySettings.Security;
import org.postrider.storage.ContentWriter;
import org.postrider.storage.Delivery;
import org.postrider.storage.DeliveryQueue.State;
import org.postrider.storage.QueueEntryId;

/** What destinations have in common, and how they are kept apart. */
class DestinationTest extends RelayFixture {
  @Test
  void connectionsAreUsedAgainAndAnUnreachableDestinationHoldsUpNobody() throws IOException {
    ScriptedPeer dead = peer(command -> "421 4.3.2 closed\r\n");
    ScriptedPeer live = peer(ScriptedPeer.accepting("PIPELINING"));
    relay(1, Map.of("dead.test", to(dead), "live.test", to(live)));
    for (int i = 0; i < 300; i++) {
      send("u" + i + "@dead.test");
    }
    for (int i = 0; i < 50; i++) {
      send("u" + i + "@live.test");
    }
    await().atMost(Duration.ofSeconds(20)).until(() -> live.messages().size() == 50);
    await()
        .atMost(Duration.ofSeconds(20))
        .until(() ->
            queue().stream()
                .allMatch(entry -> entry.recipients().getFirst().state() == State.WAITING));
    assertThat(queue()).hasSize(300);
    assertThat(live.connections()).isLessThanOrEqualTo(8);
    assertThat(dead.connections()).as("found out once, not for each message").isLessThan(30);
  }

  @Test
  void anAttemptThatEndsUnforeseenStopsNobodyElse() throws IOException {
    ScriptedPeer peer = peer(ScriptedPeer.accepting());
    connectionsPerDestination = 1;
    clock.failIn(3);
    List<QueueEntryId> ids = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      ids.add(send("u" + i + "@live.test"));
    }
    relay(1, Map.of("live.test", to(peer)));
    await().atMost(Duration.ofSeconds(20)).until(() -> peer.messages().size() == 7);
    ids.add(send("later@live.test"));
    await().atMost(Duration.ofSeconds(20)).until(() -> queue().size() == 3);
    pass(Duration.ofMinutes(61)); // their leases end
    awaitEmptyQueue();
    assertThat(peer.messages()).hasSize(11);
  }

  @Test
  void aDestinationThatIsNotUsedIsForgotten() throws IOException {
    ScriptedPeer peer = peer(ScriptedPeer.accepting());
    relay(1, Map.of("live.test", to(peer)));
    send("bob@live.test");
    awaitEmptyQueue();
    assertThat(relay.destinations()).isEqualTo(1);
    await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> {
          pass(Duration.ofHours(2)); // until its connection is closed
          return relay.destinations() == 0;
        });
    send("bob@live.test");
    awaitEmptyQueue();
    assertThat(peer.messages()).hasSize(2);
  }

  /** Hundreds of messages to a peer that says nothing, behind a route or as the smarthost. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aPeerThatStallsHoldsUpNobodyElse(boolean isSmarthost) throws IOException {
    ScriptedPeer live = peer(ScriptedPeer.accepting("PIPELINING"));
    Map<String, Route> routes = new HashMap<>();
    routes.put("live.test", to(live));
    try (ServerSocket stalled = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      Route stalling =
          new Route("127.0.0.1", stalled.getLocalPort(), Security.OPPORTUNISTIC, "", "");
      if (isSmarthost) {
        smarthost = stalling;
      } else {
        routes.put("a.slow.test", stalling);
        routes.put("b.slow.test", stalling);
      }
      for (int i = 0; i < 600; i++) {
        send("u@" + (i % 2 == 0 ? "a" : "b") + ".slow.test");
      }
      relay(1, routes);
      stalled.setSoTimeout(20_000);
      stalled.accept(); // the first were leased
      send("bob@live.test");
      await().atMost(Duration.ofSeconds(20)).until(() -> live.messages().size() == 1);
      assertThat(queue())
          .as("the others stay in the store")
          .anyMatch(entry -> entry.recipients().getFirst().state() == State.WAITING);
    }
  }

  @Test
  void whoHasMuchMailLeavesAConnectionToOthersInTurn() throws IOException {
    ScriptedPeer much = peer(ScriptedPeer.accepting("PIPELINING"));
    AtomicInteger before = new AtomicInteger();
    ScriptedPeer little =
        peer(command -> {
          before.set(much.messages().size());
          return ScriptedPeer.accepting("PIPELINING").reply(command);
        });
    connections = 1;
    for (int i = 0; i < 60; i++) {
      send("u" + i + "@much.test");
    }
    send("bob@little.test");
    relay(1, Map.of("much.test", to(much), "little.test", to(little)));
    awaitEmptyQueue();
    assertThat(little.messages()).hasSize(1);
    assertThat(before).as("messages that went before").hasValueLessThan(60);
  }

  @Test
  void whatWaitsForADeadDestinationIsTriedAfterWhatIsForALiveOne() throws IOException {
    ScriptedPeer dead = peer(command -> "421 4.3.2 closed\r\n");
    QueueEntryId last = sendApart(2000, "bob@dead.test");
    AtomicBoolean tried = new AtomicBoolean();
    ScriptedPeer live =
        peer(command -> {
          tried.compareAndSet(
              false,
              !store
                  .queue()
                  .find(last)
                  .orElseThrow()
                  .recipients()
                  .getFirst()
                  .lastReply()
                  .isEmpty());
          return ScriptedPeer.accepting("PIPELINING").reply(command);
        });
    send("bob@live.test");
    relay(1, Map.of("dead.test", to(dead), "live.test", to(live)));
    await().atMost(Duration.ofSeconds(20)).until(() -> live.messages().size() == 1);
    assertThat(tried).as("the last for the dead one was tried before").isFalse();
    assertThat(dead.connections()).isLessThan(5);
  }

  /** That many messages; returns the last one. */
  private QueueEntryId sendApart(int count, String recipient) throws IOException {
    byte[] bytes = MESSAGE.getBytes(StandardCharsets.UTF_8);
    List<Delivery> deliveries = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      try (ContentWriter writer = store.contents().write()) {
        writer.write(bytes, 0, bytes.length);
        List<Delivery.Remote> remote = List.of(new Delivery.Remote(recipient));
        deliveries.add(
            new Delivery(
                writer.finish(), "alice@example.org", List.of(), remote, "", 1, "s", alice.id()));
      }
    }
    List<Delivery.Result> results = store.queue().deliver(deliveries);
    deliveries.forEach(delivery -> delivery.content().close());
    return Objects.requireNonNull(results.getLast().queueEntry());
  }

  @Test
  void recipientsThatAreTooManyGoInAnotherTransactionAtOnce() throws IOException {
    AtomicInteger recipients = new AtomicInteger();
    ScriptedPeer peer =
        peer(command -> {
          if (command.startsWith("MAIL")) {
            recipients.set(0);
          }
          return command.startsWith("RCPT") && recipients.incrementAndGet() > 2
              ? "452 4.5.3 too many recipients\r\n"
              : ScriptedPeer.accepting("PIPELINING").reply(command);
        });
    connectionsPerDestination = 1;
    relay(1, Map.of("live.test", to(peer)));
    send("a@live.test", "b@live.test", "c@live.test", "d@live.test", "e@live.test");
    awaitEmptyQueue();
    assertThat(peer.messages()).hasSize(3);
    assertThat(peer.connections()).isEqualTo(1);
  }

  @Test
  void aRecipientWhoseMailboxIsFullIsNotOneTooMany() throws IOException {
    ScriptedPeer peer =
        peer(command ->
            command.startsWith("RCPT TO:<b@")
                ? "452 4.2.2 mailbox full\r\n"
                : ScriptedPeer.accepting("PIPELINING").reply(command));
    relay(1, Map.of("live.test", to(peer)));
    assertThat(awaitDeferred(send("a@live.test", "b@live.test"), 1)).contains("mailbox full");
    assertThat(peer.messages()).hasSize(1);
  }
}
