package org.postrider.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.postrider.storage.StorageException.Reason.CANNOT;
import static org.postrider.storage.StorageException.Reason.IN_USE;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postrider.storage.Delivery.Remote;
import org.postrider.storage.Delivery.Target;
import org.postrider.storage.Delivery.WhenFull;
import org.postrider.storage.DeliveryQueue.Change;
import org.postrider.storage.DeliveryQueue.Peer;
import org.postrider.storage.DeliveryQueue.Settlement;
import org.postrider.storage.backup.Backups;
import org.postrider.storage.backup.RestoreReport;

class OutboxTest extends StoreFixture {
  private static final Duration LEASE = Duration.ofMinutes(10);
  private static final int OCTETS = TestMail.message("out", 300).length;

  @BeforeEach
  @Override
  void open() {
    store =
        Store.open(StoreSettings.inMemory(UUID.randomUUID().toString()).withOutbox(true), clock);
    alice = store.directory().createAccount("alice@example.org", null);
    inbox = mailbox("INBOX").id();
  }

  private Delivery delivery(StagedContent content, List<Target> local, String... remote) {
    return delivery(content, local, 0, remote);
  }

  private Delivery delivery(
      StagedContent content, List<Target> local, long notBefore, String... remote) {
    return new Delivery(
        content,
        alice.login(),
        local,
        Arrays.stream(remote).map(Remote::new).toList(),
        "",
        1_000,
        "session",
        alice.id(),
        0,
        notBefore);
  }

  private QueueEntryId send(String... remote) {
    return Objects.requireNonNull(deliver(List.of(), remote).queueEntry());
  }

  private Delivery.Result deliver(List<Target> local, String... remote) {
    try (StagedContent content = TestMail.stage(store, TestMail.message("out", 300))) {
      return store.queue().deliver(delivery(content, local, remote));
    }
  }

  private void settle(QueueEntryId entry, int recipient, boolean done) {
    store
        .queue()
        .settle(
            "me",
            List.of(
                new Settlement(
                    entry,
                    recipient,
                    done ? null : DeliveryQueue.State.WAITING,
                    clock.millis(),
                    "250 ok",
                    false,
                    "sent",
                    Peer.NONE)));
  }

  private Mailbox outbox() {
    return mailbox("Outbox");
  }

  private List<String> names() {
    return store.mailboxes().list(alice.id()).stream().map(Mailbox::name).toList();
  }

  @Test
  void whatWasHandedInAndWaitsIsThere() {
    assertThat(names()).doesNotContain("Outbox");
    send("a@one.test", "b@two.test");
    assertThat(outbox())
        .extracting(Mailbox::messages, Mailbox::unseen, Mailbox::specialUse, Mailbox::size)
        .containsExactly(1L, 0L, SpecialUse.SCHEDULED, (long) OCTETS);
    assertThat(store.mailboxes().subscriptions(alice.id())).contains("Outbox");
    assertThat(store.directory().quota(alice.id()).bytes()).isEqualTo(OCTETS);
    MessageEntry copy = scan(outbox().id()).getFirst();
    assertThat(copy.internalDate()).isEqualTo(1_000);
    assertThat(store.queue().list(new QueueEntryId(0), 9).getFirst().content())
        .isEqualTo(copy.content());
  }

  @Test
  void nothingElseIsThere() {
    deliver(List.of(new Target(alice.id(), "INBOX", alice.login())));
    try (StagedContent content = TestMail.stage(store, TestMail.message("in", 300))) {
      store.queue().deliver(TestMail.delivery(content, List.of(), List.of("a@one.test")));
    }
    assertThat(names()).doesNotContain("Outbox");
  }

  @Test
  void itGoesWithItsLastRecipient() {
    QueueEntryId id = send("a@one.test", "b@two.test");
    store.queue().lease("me", LEASE, 9, List.of());
    settle(id, 0, true);
    assertThat(outbox().messages()).isOne();
    settle(id, 1, true);
    Mailbox after = outbox();
    assertThat(after.messages()).isZero();
    assertThat(store.directory().quota(alice.id()).bytes()).isZero();
    Messages.Changes changes = store.messages().changesSince(after.id(), 1);
    assertThat(changes.vanished()).containsExactly(1);
    assertThat(store.undelete().messages(after.id(), 0, 0, 9)).as("nothing to restore").isEmpty();
    clock.advance(store.settings().retention().plusDays(1));
    while (store.contents().sweep(100) > 0) {}
    assertThat(store.statistics().contents()).isZero();
  }

  @Test
  void whoTakesItOutTakesItOutOfTheQueue() {
    QueueEntryId id = send("a@one.test", "b@two.test");
    store.queue().change(id, 1, Change.HOLD, "administrator");
    Mailbox drafts = mailbox("Drafts");
    Messages.CopyResult moved = store.messages().move(outbox().id(), new long[] {1}, drafts.id());
    assertThat(moved.targetUids()).hasSize(1);
    assertThat(store.queue().find(id)).isEmpty();
    assertThat(scan(drafts.id()).getFirst().size()).isEqualTo(OCTETS);
    assertThat(outbox().messages()).isZero();
    assertThat(store.queue().events(id))
        .extracting(QueueEvent::kind, QueueEvent::reply)
        .contains(tuple("cancel", alice.login()));
  }

  @Test
  void whatIsExpungedThereIsNotSentAndCanBeRestoredElsewhere() {
    QueueEntryId id = send("a@one.test");
    MailboxId outbox = outbox().id();
    assertThat(store.messages().expunge(outbox, new long[] {1}, "imap")).containsExactly(1);
    assertThat(store.queue().find(id)).isEmpty();
    assertRefused(CANNOT, () -> store.undelete().restore(outbox, new long[] {1}, outbox));
    assertThat(store.undelete().restore(outbox, new long[] {1}, inbox).targetUids()).hasSize(1);
  }

  @Test
  void whatIsJustBeingSentStays() {
    QueueEntryId id = send("a@one.test", "b@two.test");
    store.queue().lease("me", LEASE, 1, List.of());
    MailboxId outbox = outbox().id();
    assertRefused(IN_USE, () -> store.messages().move(outbox, new long[] {1}, inbox));
    assertRefused(IN_USE, () -> store.messages().expunge(outbox, new long[] {1}, "imap"));
    assertThat(store.queue().find(id).orElseThrow().recipients()).hasSize(2);
    assertThat(outbox().messages()).isOne();
    settle(id, 0, false);
    assertThat(store.messages().expunge(outbox, new long[] {1}, "imap")).containsExactly(1);
    assertThat(store.queue().find(id)).isEmpty();
  }

  @Test
  void oneCopyStandsForAllThatAMessageBecame() {
    List<Delivery.Result> results;
    try (StagedContent first = TestMail.stage(store, TestMail.message("out", 300));
        StagedContent second = TestMail.stage(store, TestMail.message("to a group", 300))) {
      results =
          store
              .queue()
              .deliver(
                  List.of(
                      delivery(first, List.of(), "a@one.test"),
                      delivery(second, List.of(), "b@two.test")));
    }
    assertThat(outbox().messages()).isOne();
    store.queue().lease("me", LEASE, 1, List.of());
    settle(Objects.requireNonNull(results.getFirst().queueEntry()), 0, true);
    assertThat(outbox().messages()).isOne();
    store.messages().expunge(outbox().id(), new long[] {1}, "imap");
    assertThat(store.queue().list(new QueueEntryId(0), 9)).isEmpty();
  }

  @Test
  void whatWaitsForAMailboxThatIsFullIsThere() {
    Account bob = store.directory().createAccount("bob@example.org", null);
    store.directory().setQuota(bob.id(), 10, 0);
    deliver(List.of(new Target(bob.id(), "INBOX", bob.login(), WhenFull.QUEUE)));
    assertThat(outbox().messages()).isOne();
  }

  @Test
  void itRefusesNobodyForTheQuota() {
    store.directory().setQuota(alice.id(), 10, 1);
    send("a@one.test");
    send("a@one.test");
    assertThat(outbox().messages()).isEqualTo(2);
  }

  @Test
  void nobodyElsePutsAnythingThereOrBelow() {
    send("a@one.test");
    MailboxId outbox = outbox().id();
    append(inbox);
    assertRefused(CANNOT, () -> append(outbox));
    assertRefused(CANNOT, () -> store.messages().copy(inbox, new long[] {1}, outbox));
    assertRefused(CANNOT, () -> store.messages().move(inbox, new long[] {1}, outbox));
    assertRefused(CANNOT, () -> store.mailboxes().create(alice.id(), "Outbox/a", null));
    assertRefused(CANNOT, () -> store.mailboxes().rename(alice.id(), "Drafts", "Outbox/a"));
    assertRefused(CANNOT, () -> store.mailboxes().rename(alice.id(), "Outbox", "a"));
    assertRefused(CANNOT, () -> store.mailboxes().delete(alice.id(), "Outbox"));
    assertRefused(CANNOT, () -> store.mailboxes().create(alice.id(), "a", SpecialUse.SCHEDULED));
    Target detail = new Target(alice.id(), "Outbox", "alice+outbox@example.org");
    assertThat(deliver(List.of(detail)).filed().getFirst().mailbox()).isEqualTo(inbox);
    store
        .messages()
        .storeFlags(
            outbox,
            new long[] {1},
            new FlagChange(FlagChange.Mode.ADD, MessageFlags.of(SystemFlag.FLAGGED)),
            OptionalLong.empty());
    assertThat(store.messages().copy(outbox, new long[] {1}, inbox).targetUids()).hasSize(1);
    assertThat(store.statistics().queueEntries()).isOne();
  }

  @Test
  void aFolderOfTheUsersOwnKeepsItsName() {
    store.mailboxes().create(alice.id(), "Outbox", null);
    store.mailboxes().create(alice.id(), "Outbox 2/below", null);
    store.mailboxes().delete(alice.id(), "Outbox 2");
    send("a@one.test");
    send("a@one.test");
    assertThat(mailbox("Outbox 3").messages()).isEqualTo(2);
    append(mailbox("Outbox").id());
    store.mailboxes().delete(alice.id(), "Outbox");
  }

  @Test
  void aRemovedUserHasNoneAndWhatWasQueuedIsSent() {
    QueueEntryId id = send("a@one.test");
    store.directory().removeAccount(alice.id());
    store.queue().lease("me", LEASE, 9, List.of());
    settle(id, 0, true);
    assertThat(store.queue().find(id)).isEmpty();
    store.undelete().restoreAccount(alice.id(), alice.login());
    assertThat(outbox().messages()).isZero();
    send("a@one.test");
    assertThat(outbox().messages()).isOne();
  }

  @Test
  void whatAnAdministratorDoesInTheQueueShows() {
    QueueEntryId id = send("a@one.test", "b@two.test");
    for (Change change : List.of(Change.HOLD, Change.RELEASE, Change.RETRY, Change.BOUNCE)) {
      store.queue().change(id, -1, change, "administrator");
      assertThat(outbox().messages()).as("after " + change).isOne();
    }
    store.queue().change(id, 0, Change.CANCEL, "administrator");
    assertThat(outbox().messages()).isOne();
    store.queue().lease("me", LEASE, 9, List.of());
    settle(id, 1, true); // its sender was told
    assertThat(outbox().messages()).isZero();
    store.queue().change(send("a@one.test"), -1, Change.CANCEL, "administrator");
    assertThat(outbox().messages()).isZero();
  }

  @Test
  void whatIsInQuarantineIsThereAndCanBeWithdrawn() {
    QueueEntryId id;
    try (StagedContent content = TestMail.stage(store, TestMail.message("out", 300))) {
      Delivery.Result result =
          store
              .queue()
              .deliver(delivery(content, List.of(), Delivery.ON_HOLD, "a@one.test", "b@two.test"));
      id = Objects.requireNonNull(result.queueEntry());
    }
    assertThat(outbox().messages()).isOne();
    store.messages().move(outbox().id(), new long[] {1}, mailbox("Drafts").id());
    assertThat(store.queue().find(id)).isEmpty();
    assertThat(store.queue().events(id)).extracting(QueueEvent::kind).contains("cancel");
  }

  @Test
  void aBackupOfTheWholeHasItOneOfTheUserDoesNot(@TempDir Path temp) throws IOException {
    send("a@one.test");
    Backups.Progress none = (what, done, total) -> {};
    Path backup = temp.resolve("backup");
    clock.advance(Duration.ofMinutes(1));
    Backups.create(store, backup, clock, none);

    StoreSettings there = StoreSettings.inDirectory(Files.createDirectory(temp.resolve("data")));
    assertThat(Backups.restore(backup, null, there, none)).isEmpty();
    try (Store again = Store.open(there.withOutbox(true), clock)) {
      assertThat(StoreCheck.run(again)).isEmpty();
      MailboxId outbox = again.mailboxes().find(alice.id(), "Outbox").orElseThrow().id();
      again.messages().expunge(outbox, new long[] {1}, "imap");
      assertThat(again.queue().list(new QueueEntryId(0), 9)).isEmpty();
    }

    store.messages().expunge(outbox().id(), new long[] {1}, "imap");
    RestoreReport report =
        Backups.restoreAccount(
            store, backup, new Backups.Selection(alice.login(), null, null, false), none);
    assertThat(report.failures()).isEmpty();
    assertThat(report.folders()).isNotEmpty().noneMatch(f -> f.name().equals("Outbox"));
    assertThat(outbox().messages()).isZero();
  }

  @Test
  void aTimeOfTheAccountsOwnIsKept() {
    assertThat(alice.holdSeconds()).isNull();
    store.directory().setHoldSeconds(alice.id(), 30);
    assertThat(store.directory().account(alice.id()).orElseThrow().holdSeconds()).isEqualTo(30);
    store.directory().setHoldSeconds(alice.id(), null);
    assertThat(store.directory().account(alice.id()).orElseThrow().holdSeconds()).isNull();
  }
}
