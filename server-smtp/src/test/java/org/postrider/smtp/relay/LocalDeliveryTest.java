package org.postrider.smtp.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.postrider.storage.Account;
import org.postrider.storage.ContentWriter;
import org.postrider.storage.Delivery;
import org.postrider.storage.DeliveryQueue.Change;
import org.postrider.storage.DeliveryQueue.State;
import org.postrider.storage.QueueEntryId;
import org.postrider.storage.StagedContent;
import org.postrider.storage.Store;
import org.postrider.storage.StoreSettings;

/** Mail for our own domains that comes out of the queue. */
class LocalDeliveryTest {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private Store store;
  private Account alice;
  private Account bob;
  private Relay relay;

  @BeforeEach
  void open() throws IOException {
    Clock clock = Clock.systemUTC();
    store = Store.open(StoreSettings.inMemory("local-" + UUID.randomUUID()), clock);
    alice = store.directory().createAccount("alice@example.org", "");
    bob = store.directory().createAccount("bob@example.org", "");
    relay = Relay.start(store, RelaySettings.defaults("mx.example.org"), clock);
  }

  @AfterEach
  void close() {
    relay.close();
    store.close();
  }

  private QueueEntryId queue(String recipient, String parameters) {
    try (ContentWriter writer = store.contents().write()) {
      writer.write("Subject: waited\r\n\r\ntext\r\n".getBytes(), 0, 25);
      try (StagedContent content = writer.finish()) {
        List<Delivery.Remote> remote = List.of(new Delivery.Remote(recipient, parameters));
        return store
            .queue()
            .deliver(
                new Delivery(
                    content, "alice@example.org", List.of(), remote, "", 1, "test", alice.id()))
            .queueEntry();
      }
    }
  }

  private int count(Account account, String mailbox) {
    return (int) store.mailboxes().find(account.id(), mailbox).orElseThrow().messages();
  }

  @Test
  void itIsFiledAndReportedWhereThatIsWanted() {
    store.mailboxes().create(bob.id(), "Lists", null);
    queue("bob@example.org", "NOTIFY=SUCCESS");
    queue("bob+lists@example.org", "");
    await().atMost(PATIENCE).until(() -> count(bob, "INBOX") == 1 && count(bob, "Lists") == 1);
    await().atMost(PATIENCE).until(() -> count(alice, "INBOX") == 1);
    await().atMost(PATIENCE).until(() -> store.queue().list(new QueueEntryId(0), 10).isEmpty());
  }

  @Test
  void aFullMailboxIsTriedAgainAndWhoIsNotThereIsReported() {
    store.directory().setQuota(bob.id(), 1, 0);
    QueueEntryId id = queue("bob@example.org", "");
    queue("nobody@example.org", "");
    await()
        .atMost(PATIENCE)
        .until(() ->
            store.queue().find(id).orElseThrow().recipients().getFirst().state() == State.WAITING
                && store.queue().find(id).orElseThrow().recipients().getFirst().attempts() == 1);
    assertThat(store.queue().find(id).orElseThrow().recipients().getFirst().lastReply())
        .isEqualTo("The mailbox is full");
    await().atMost(PATIENCE).until(() -> count(alice, "INBOX") == 1);
    store.directory().setQuota(bob.id(), 0, 0);
    store.queue().change(id, -1, Change.RETRY, "test");
    await().atMost(PATIENCE).until(() -> count(bob, "INBOX") == 1);
  }
}
