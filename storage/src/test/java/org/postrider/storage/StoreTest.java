package org.postrider.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoreTest {
  @TempDir Path directory;

  @Test
  void keepsEverythingOverCloseAndOpen() throws IOException {
    byte[] message = TestMail.message("kept", 200_000);
    MailboxId inbox;
    long modSeq;
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
      TestMail.deliver(store, alice, "expunged", 30);
      store.messages().expunge(inbox, new long[] {3}, "imap");
      modSeq = store.mailboxes().find(inbox).orElseThrow().highestModSeq();
    }
    try (Store store = Store.open(StoreSettings.inDirectory(directory), Clock.systemUTC())) {
      Messages.Snapshot snapshot = store.messages().snapshot(inbox);
      assertThat(snapshot.uids()).containsExactly(1, 2);
      assertThat(store.messages().expungedSince(inbox, modSeq - 1).uids()).containsExactly(3);
      assertThat(snapshot.mailbox().highestModSeq()).isEqualTo(modSeq);
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

  @Test
  void outlivesReadersThatAreInterrupted() throws Exception {
    StoreSettings small =
        new StoreSettings(
            "h2:" + directory,
            0,
            4,
            128,
            8 << 20,
            1 << 20,
            100L << 20,
            Duration.ofDays(14),
            Duration.ofDays(30),
            99,
            9,
            0,
            false);
    byte[] message = TestMail.message("m", 500_000);
    try (Store store = Store.open(small, Clock.systemUTC())) {
      Account alice = store.directory().createAccount("alice@example.org", null);
      MailboxId inbox = store.mailboxes().find(alice.id(), "INBOX").orElseThrow().id();
      List<Messages.NewMessage> messages = new ArrayList<>();
      for (int i = 0; i < 10; i++) {
        messages.add(new Messages.NewMessage(TestMail.stage(store, message), MessageFlags.NONE, 1));
      }
      store.messages().append(inbox, messages);
      List<ContentId> contents = new ArrayList<>();
      store.messages().scan(inbox, 1, Long.MAX_VALUE, entry -> contents.add(entry.content()));
      AtomicInteger read = new AtomicInteger();
      AtomicBoolean stop = new AtomicBoolean();
      List<Thread> readers = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        readers.add(
            Thread.ofVirtual()
                .start(() -> {
                  while (!stop.get()) {
                    try {
                      store
                          .contents()
                          .bytes(
                              contents,
                              (id, bytes) -> {
                                assertThat(bytes).isEqualTo(message);
                                read.incrementAndGet();
                              });
                    } catch (IOException e) {
                      throw new UncheckedIOException(e);
                    }
                  }
                }));
      }
      for (int i = 0; i < 200; i++) {
        readers.get(i % readers.size()).interrupt();
        TestMail.deliver(store, alice, "meanwhile", 10);
      }
      stop.set(true);
      for (Thread reader : readers) {
        reader.join();
      }
      assertThat(read).hasPositiveValue();
      assertThat(store.messages().snapshot(inbox).uids()).hasSize(210);
      assertThat(StoreCheck.run(store)).isEmpty();
    }
  }
}
