package org.postrider.smtp.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.postrider.storage.QueueEntryId;

/** DELIVERBY and MT-PRIORITY of mail on its way out (RFC 2852, RFC 6710). */
class DeadlineTest extends RelayFixture {
  private static final String ALICE = "alice@example.org";

  private void awaitReports(int count) {
    await().atMost(Duration.ofSeconds(20)).until(() -> inbox().size() == count);
  }

  @Test
  void aMessageThatIsLateComesBackAtItsDeadline() throws IOException {
    ScriptedPeer dead = peer(command -> "421 4.3.2 closed\r\n");
    relay(1, Map.of("dead.test", to(dead)));
    QueueEntryId id = submit(ALICE, MESSAGE, "BY=90;R", "a@dead.test");
    awaitDeferred(id, 1);
    pass(Duration.ofMinutes(1));
    awaitDeferred(id, 2);
    assertThat(store.queue().nextDue())
        .as("the next attempt is not after the deadline")
        .hasValue(store.queue().find(id).orElseThrow().created() + 90_000);
    int before = dead.connections();
    pass(Duration.ofSeconds(30));
    awaitEmptyQueue();
    awaitReports(1);
    assertThat(inbox().getFirst()).contains("a@dead.test\r\nAction: failed\r\nStatus: 5.4.7");
    assertThat(dead.connections()).as("not tried at the deadline").isEqualTo(before);
  }

  @Test
  void aMessageThatIsLateIsTriedOnAndItsSenderHears() throws IOException {
    ScriptedPeer dead = peer(command -> "421 4.3.2 closed\r\n");
    relay(1, Map.of("dead.test", to(dead)));
    QueueEntryId id = submit(ALICE, MESSAGE, "BY=30;N", "a@dead.test");
    awaitDeferred(id, 1);
    pass(Duration.ofSeconds(30));
    awaitDeferred(id, 2);
    awaitReports(1);
    assertThat(inbox().getFirst()).contains("a@dead.test\r\nAction: delayed\r\n");
    pass(Duration.ofHours(5));
    awaitDeferred(id, 3);
    assertThat(inbox()).as("told once").hasSize(1);
  }

  @Test
  void theNextServerHearsWhatIsLeft() throws IOException {
    ScriptedPeer peer = peer(ScriptedPeer.accepting("DELIVERBY 10", "DSN", "MT-PRIORITY"));
    relay(1, Map.of("by.test", to(peer)));
    submit(ALICE, MESSAGE, "BY=100;R MT-PRIORITY=-4", "a@by.test");
    awaitEmptyQueue();
    assertThat(peer.heard()).contains("MAIL FROM:<alice@example.org> BY=100;R MT-PRIORITY=-4");
    submit(ALICE, MESSAGE, "BY=-5;N", "b@by.test");
    awaitEmptyQueue();
    assertThat(peer.heard()).contains("MAIL FROM:<alice@example.org> BY=-5;N");
    assertThat(inbox()).isEmpty();
    submit(ALICE, MESSAGE, "BY=100;NT", "c@by.test", "d@by.test NOTIFY=NEVER");
    awaitEmptyQueue();
    awaitReports(1);
    assertThat(inbox().getFirst())
        .contains("c@by.test\r\nAction: relayed\r\n")
        .doesNotContain("d@by.test");
    submit(ALICE, MESSAGE, "BY=9;R", "e@by.test");
    awaitEmptyQueue();
    awaitReports(2);
    assertThat(inbox().get(1)).contains("e@by.test\r\nAction: failed\r\nStatus: 5.4.7");
  }

  @Test
  void aServerThatKeepsNoDeadlinesGetsOnlyWhatNeedNotComeBack() throws IOException {
    ScriptedPeer peer = peer(ScriptedPeer.accepting("DSN"));
    relay(1, Map.of("plain.test", to(peer)));
    submit(ALICE, MESSAGE, "BY=100;R MT-PRIORITY=3", "a@plain.test");
    awaitEmptyQueue();
    awaitReports(1);
    assertThat(inbox().getFirst()).contains("a@plain.test\r\nAction: failed\r\nStatus: 5.4.7");
    assertThat(peer.messages()).isEmpty();
    submit(ALICE, MESSAGE, "BY=100;N MT-PRIORITY=3", "b@plain.test");
    awaitEmptyQueue();
    awaitReports(2);
    assertThat(inbox().get(1)).contains("b@plain.test\r\nAction: relayed\r\n");
    assertThat(peer.heard())
        .contains("MAIL FROM:<alice@example.org>", "RCPT TO:<b@plain.test> NOTIFY=FAILURE,DELAY");
    assertThat(inbox().get(1)).containsPattern("\r\nArrival-Date: .*\r\nDeliver-By-Date: .*\r\n");
  }

  @Test
  void timesCountFromTheEndOfAHold() throws IOException {
    ScriptedPeer dead = peer(command -> "421 4.3.2 closed\r\n");
    relay(1, Map.of("dead.test", to(dead)));
    QueueEntryId id = submit(ALICE, MESSAGE, "HOLDUNTIL=2026-03-12T10:00:00Z", "a@dead.test");
    awaitDeferred(id, 1);
    pass(Duration.ofDays(10));
    awaitDeferred(id, 2);
    assertThat(inbox()).isEmpty();
    pass(Duration.ofDays(5));
    awaitEmptyQueue();
    awaitReports(1);
    assertThat(inbox().getFirst())
        .contains("Action: failed")
        .contains("\r\nFuture-Release-Request: until;2026-03-12T10:00:00Z\r\n");
  }
}
