package org.postrider.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.postrider.storage.StorageException.Reason.ALREADY_EXISTS;
import static org.postrider.storage.StorageException.Reason.NOT_FOUND;
import static org.postrider.storage.StorageException.Reason.OVER_QUOTA;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class UndeleteTest extends StoreFixture {
  private long[] held(long since) {
    return store.undelete().messages(inbox, since, 0, 100).stream()
        .mapToLong(held -> held.entry().uid())
        .toArray();
  }

  private void sweepAll() {
    while (store.contents().sweep(10) > 0) {}
  }

  private List<String> audit() {
    return store
        .database()
        .withHandle(handle ->
            handle
                .select("SELECT kind FROM audit ORDER BY id")
                .map((rs, context) -> rs.getString(1))
                .list());
  }

  @Test
  void restoresUnderNewUidsWithFlagsKeywordsAndDate() {
    long first =
        TestMail.append(
            store,
            inbox,
            MessageFlags.of(
                SystemFlag.SEEN.bit() | SystemFlag.DELETED.bit(), List.of("$Label1", "work")),
            100);
    append(inbox);
    MessageEntry before = scan(inbox).getFirst();
    store.messages().expunge(inbox, new long[] {first}, "imap");
    assertThat(store.undelete().messages(inbox, 0, 0, 10))
        .singleElement()
        .satisfies(held -> {
          assertThat(held.entry().flags()).isEqualTo(before.flags());
          assertThat(held.expungedAt()).isEqualTo(clock.millis());
          assertThat(held.protocol()).isEqualTo("imap");
        });

    Messages.CopyResult result = store.undelete().restore(inbox, new long[] {1, 2, 77}, inbox);

    assertThat(result.sourceUids()).containsExactly(1);
    assertThat(result.targetUids()).containsExactly(3);
    MessageEntry restored = scan(inbox).get(1);
    assertThat(restored.flags())
        .isEqualTo(MessageFlags.of(SystemFlag.SEEN.bit(), List.of("$Label1", "work")));
    assertThat(restored.internalDate()).isEqualTo(before.internalDate());
    assertThat(restored.content()).isEqualTo(before.content());
    assertThat(restored.modSeq()).isEqualTo(mailbox("INBOX").highestModSeq());
    assertThat(store.messages().changesSince(inbox, before.modSeq()).vanished())
        .as("the old UID stays gone")
        .containsExactly(1);
    assertThat(audit()).endsWith("expunge", "restore");
  }

  @Test
  void restoringAgainDoesNothing() {
    append(inbox);
    store.messages().expunge(inbox, new long[] {1}, "pop3");
    assertThat(store.undelete().restore(inbox, new long[] {1}, inbox).targetUids()).hasSize(1);
    assertThat(store.undelete().restore(inbox, new long[] {1}, inbox).targetUids()).isEmpty();
    assertThat(mailbox("INBOX").messages()).isOne();
    clock.advance(Duration.ofDays(20));
    sweepAll();
    assertThat(store.contents().header(scan(inbox).getFirst().content())).isNotEmpty();
  }

  @Test
  void knowsWhenAMessageWent() {
    append(inbox);
    append(inbox);
    append(inbox);
    store.messages().expunge(inbox, new long[] {1}, "imap");
    clock.advance(Duration.ofHours(3));
    long later = clock.millis();
    store.messages().expunge(inbox, new long[] {2, 3}, "imap");
    assertThat(held(0)).containsExactly(1, 2, 3);
    assertThat(held(later)).containsExactly(2, 3);
    assertThat(store.undelete().total(inbox, later).messages()).isEqualTo(2);
    assertThat(store.undelete().messages(inbox, 0, 1, 1))
        .singleElement()
        .satisfies(held -> assertThat(held.entry().uid()).isEqualTo(2));
    clock.advance(Duration.ofDays(14).minusHours(1));
    sweepAll();
    assertThat(held(0)).containsExactly(2, 3);
  }

  @Test
  void movedMessagesAreNotHeld() {
    append(inbox);
    store.messages().move(inbox, new long[] {1}, mailbox("Trash").id());
    assertThat(held(0)).isEmpty();
  }

  @Test
  void heldMailIsQuotaFreeAndRestoringIsNot() {
    append(inbox);
    long octets = store.directory().quota(alice.id()).bytes();
    store.messages().expunge(inbox, new long[] {1}, "imap");
    store.directory().setQuota(alice.id(), octets, 0);
    assertThat(store.directory().quota(alice.id()).bytes()).isZero();
    append(inbox);
    assertRefused(OVER_QUOTA, () -> store.undelete().restore(inbox, new long[] {1}, inbox));
    store.directory().setQuota(alice.id(), 2 * octets, 0);
    assertThat(store.undelete().restore(inbox, new long[] {1}, inbox).targetUids()).hasSize(1);
    assertThat(store.directory().quota(alice.id()).bytes()).isEqualTo(2 * octets);
  }

  @Test
  void restoresADeletedMailboxWithUidsAndUse() {
    Mailbox sent = mailbox("Sent");
    append(sent.id());
    append(sent.id());
    store.messages().expunge(sent.id(), new long[] {1}, "imap");
    store.mailboxes().delete(alice.id(), "Sent");
    assertThat(store.directory().quota(alice.id()).messages()).isZero();
    assertThat(store.undelete().mailboxes(alice.id()))
        .singleElement()
        .satisfies(deleted -> {
          assertThat(deleted.mailbox().name()).isEqualTo("Sent");
          assertThat(deleted.mailbox().messages()).isOne();
          assertThat(deleted.deletedAt()).isEqualTo(clock.millis());
        });

    Mailbox restored = store.undelete().restoreMailbox(alice.id(), sent.id(), "Sent");

    assertThat(restored.uidValidity()).isEqualTo(sent.uidValidity());
    assertThat(restored.specialUse()).isEqualTo(SpecialUse.SENT);
    assertThat(scan(restored.id())).extracting(MessageEntry::uid).containsExactly(2L);
    assertThat(store.directory().quota(alice.id()).messages()).isOne();
    assertThat(store.undelete().restore(sent.id(), new long[] {1}, sent.id()).targetUids())
        .containsExactly(3);
    assertRefused(NOT_FOUND, () -> store.undelete().restoreMailbox(alice.id(), sent.id(), "Sent"));
    assertThat(audit()).contains("mailbox-restore");
  }

  @Test
  void aNameThatALaterMailboxHadNeedsANewUidValidity() {
    Mailbox first = store.mailboxes().create(alice.id(), "a/b", SpecialUse.FLAGGED);
    append(first.id());
    store.mailboxes().delete(alice.id(), "a/b");
    store.mailboxes().delete(alice.id(), "a");
    Mailbox second = store.mailboxes().create(alice.id(), "a/b", SpecialUse.FLAGGED);
    assertRefused(
        ALREADY_EXISTS, () -> store.undelete().restoreMailbox(alice.id(), first.id(), "a/b"));
    Mailbox elsewhere = store.undelete().restoreMailbox(alice.id(), first.id(), "old/b");
    assertThat(elsewhere.uidValidity()).isEqualTo(first.uidValidity());
    assertThat(elsewhere.specialUse()).isNull();
    assertThat(mailbox("old").messages()).isZero();
    store.mailboxes().delete(alice.id(), "old/b");
    store.mailboxes().delete(alice.id(), "a/b");
    Mailbox back = store.undelete().restoreMailbox(alice.id(), first.id(), "a/b");
    assertThat(back.uidValidity()).isGreaterThan(second.uidValidity());
    assertThat(scan(back.id())).hasSize(1);
  }

  @Test
  void theSweepLeavesARestoredMailboxAlone() {
    Mailbox folder = store.mailboxes().create(alice.id(), "folder", null);
    for (int i = 0; i < 30; i++) {
      append(folder.id());
    }
    store.mailboxes().delete(alice.id(), "folder");
    clock.advance(Duration.ofDays(13));
    store.undelete().restoreMailbox(alice.id(), folder.id(), "folder");
    clock.advance(Duration.ofDays(13));
    sweepAll();
    assertThat(scan(folder.id())).hasSize(30);
    store.mailboxes().delete(alice.id(), "folder");
    clock.advance(Duration.ofDays(14));
    store.contents().sweep(10);
    assertRefused(
        NOT_FOUND, () -> store.undelete().restoreMailbox(alice.id(), folder.id(), "folder"));
    sweepAll();
  }

  @Test
  void restoresARemovedAccountWithWhatItHadThen() {
    store.directory().setCredential(alice.id(), "secret");
    Mailbox gone = store.mailboxes().create(alice.id(), "gone", null);
    append(inbox);
    append(mailbox("Sent").id());
    store.mailboxes().delete(alice.id(), "gone");
    clock.advance(Duration.ofDays(1));
    store.directory().removeAccount(alice.id());
    store.directory().removeDomain("example.org");
    long octets = TestMail.message("append", 100).length;
    assertThat(store.undelete().accounts())
        .containsExactly(
            new Undelete.RemovedAccount(
                alice.id(), "alice@example.org", clock.millis(), 2, 2 * octets));

    Account restored = store.undelete().restoreAccount(alice.id(), "alice@example.org");

    assertThat(restored.id()).isEqualTo(alice.id());
    assertThat(restored.credential()).isNull();
    assertThat(restored.enabled()).isTrue();
    assertThat(store.mailboxes().list(alice.id()))
        .extracting(Mailbox::name)
        .contains("INBOX", "Sent")
        .doesNotContain("gone");
    assertThat(mailbox("Sent").specialUse()).isEqualTo(SpecialUse.SENT);
    assertThat(store.undelete().mailboxes(alice.id()))
        .extracting(deleted -> deleted.mailbox().id())
        .containsExactly(gone.id());
    assertThat(store.directory().quota(alice.id()).messages()).isEqualTo(2);
    TestMail.deliver(store, restored, "again", 10);
    assertThat(mailbox("INBOX").messages()).isEqualTo(2);
    assertRefused(
        NOT_FOUND, () -> store.undelete().restoreAccount(alice.id(), "alice@example.org"));
  }

  @Test
  void aRemovedAccountComesBackUnderAFreeAddress() {
    store.directory().removeAccount(alice.id());
    Account second = store.directory().createAccount("alice@example.org", null);
    assertRefused(
        ALREADY_EXISTS, () -> store.undelete().restoreAccount(alice.id(), "alice@example.org"));
    assertThat(store.undelete().restoreAccount(alice.id(), "alice.old@example.org").login())
        .isEqualTo("alice.old@example.org");
    assertThat(store.directory().account("alice@example.org").orElseThrow().id())
        .isEqualTo(second.id());
    List<Account> accounts = new ArrayList<>(store.directory().accounts(null));
    assertThat(accounts).hasSize(2);
    store.directory().removeAccount(second.id());
    clock.advance(Duration.ofDays(15));
    assertRefused(
        NOT_FOUND, () -> store.undelete().restoreAccount(second.id(), "alice@example.org"));
  }
}
