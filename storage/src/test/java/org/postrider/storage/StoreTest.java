package org.postrider.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoreTest {
  @TempDir Path directory;

  @Test
  void keepsEverythingOverCloseAndOpen() throws IOException {
    byte[] message = TestMail.message("kept", 200_000);
    MailboxId inbox;
    try (Store store = Store.open(StoreSettings.inDirectory(directory), Clock.systemUTC())) {
      Account alice = store.directory().createAccount("Alice@Example.org", "secret");
      TestMail.deliver(store, alice, "one", 3000);
      try (StagedContent content = TestMail.stage(store, message)) {
        store
            .queue()
            .deliver(
                TestMail.delivery(
                    content,
                    List.of(new Delivery.Target(alice.id(), "INBOX", "alice@example.org")),
                    List.of("far@example.com")));
      }
      inbox = store.mailboxes().find(alice.id(), "inbox").orElseThrow().id();
    }
    try (Store store = Store.open(StoreSettings.inDirectory(directory), Clock.systemUTC())) {
      Messages.Snapshot snapshot = store.messages().snapshot(inbox);
      assertThat(snapshot.uids()).containsExactly(1, 2);
      List<MessageEntry> entries = new ArrayList<>();
      store.messages().scan(inbox, 1, Long.MAX_VALUE, entries::add);
      assertThat(entries).extracting(MessageEntry::size).contains((long) message.length);
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      store.contents().copy(entries.get(1).content(), 0, Long.MAX_VALUE, bytes);
      assertThat(bytes.toByteArray()).isEqualTo(message);
      assertThat(store.queue().list(new QueueEntryId(0), 10))
          .singleElement()
          .satisfies(entry -> {
            assertThat(entry.content()).isEqualTo(entries.get(1).content());
            assertThat(entry.recipients())
                .extracting(DeliveryQueue.Recipient::address)
                .containsExactly("far@example.com");
          });
      assertThat(store.directory().account("alice@example.org").orElseThrow().credential())
          .isEqualTo("secret");
    }
  }

  @Test
  void refusesToBeOpenedTwice() {
    StoreSettings settings = StoreSettings.inDirectory(directory);
    try (Store store = Store.open(settings, Clock.systemUTC())) {
      assertThat(store.statistics().octets()).isPositive();
      assertThatThrownBy(() -> Store.open(settings, Clock.systemUTC()))
          .isInstanceOfSatisfying(
              StorageException.class,
              e -> assertThat(e.reason()).isEqualTo(StorageException.Reason.UNAVAILABLE))
          .hasMessageContaining("open already");
    }
  }
}
