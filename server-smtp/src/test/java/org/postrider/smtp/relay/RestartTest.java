package org.postrider.smtp.relay;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.postrider.storage.DeliveryQueue.Change;
import org.postrider.storage.QueueEntryId;

/** Mail that somebody wants to be tried now. */
class RestartTest extends RelayFixture {
  @Test
  void aHostThatWasDownIsAskedAgain() throws IOException {
    ScriptedPeer dead = peer(command -> "421 4.3.2 closed\r\n");
    relay(1, Map.of("dead.test", to(dead)));
    QueueEntryId id = send("a@dead.test");
    awaitDeferred(id, 1);
    int before = dead.connections();
    assertThat(store.queue().start("dead.test", false).entries()).isOne();
    awaitDeferred(id, 2);
    assertThat(dead.connections()).isGreaterThan(before);
    int now = dead.connections();
    store.queue().change(id, -1, Change.RETRY, "test");
    awaitDeferred(id, 3);
    assertThat(dead.connections()).isGreaterThan(now);
  }
}
