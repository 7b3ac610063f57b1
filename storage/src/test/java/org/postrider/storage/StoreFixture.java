package org.postrider.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A store in memory with one account, whose invariants are checked after each test. */
abstract class StoreFixture {
  final FakeClock clock = new FakeClock();
  Store store;
  Account alice;
  MailboxId inbox;

  @BeforeEach
  void open() {
    store = Store.open(StoreSettings.inMemory(UUID.randomUUID().toString()), clock);
    alice = store.directory().createAccount("alice@example.org", null);
    inbox = mailbox("INBOX").id();
  }

  @AfterEach
  void checkAndClose() {
    try (Store closing = store) {
      assertThat(StoreCheck.run(closing)).isEmpty();
    }
  }

  Mailbox mailbox(String name) {
    return store.mailboxes().find(alice.id(), name).orElseThrow();
  }

  List<MessageEntry> scan(MailboxId mailbox) {
    List<MessageEntry> entries = new ArrayList<>();
    store.messages().scan(mailbox, 1, Long.MAX_VALUE, entries::add);
    return entries;
  }

  long append(MailboxId mailbox, SystemFlag... flags) {
    return TestMail.append(store, mailbox, MessageFlags.of(flags), 100);
  }

  static void assertRefused(StorageException.Reason reason, ThrowingCallable action) {
    assertThatThrownBy(action)
        .isInstanceOfSatisfying(
            StorageException.class, e -> assertThat(e.reason()).isEqualTo(reason));
  }
}
