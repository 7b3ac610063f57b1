package org.postrider.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.postrider.storage.StorageException.Reason.ALREADY_EXISTS;
import static org.postrider.storage.StorageException.Reason.BAD_NAME;
import static org.postrider.storage.StorageException.Reason.CANNOT;
import static org.postrider.storage.StorageException.Reason.NOT_FOUND;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MailboxesTest extends StoreFixture {
  private List<String> names() {
    return store.mailboxes().list(alice.id()).stream().map(Mailbox::name).toList();
  }

  @Test
  void everyAccountStartsWithItsMailboxes() {
    assertThat(names()).containsExactly("INBOX", "Archive", "Drafts", "Junk", "Sent", "Trash");
    assertThat(store.mailboxes().subscriptions(alice.id())).hasSize(6);
    assertThat(mailbox("Sent").specialUse()).isEqualTo(SpecialUse.SENT);
    assertThat(store.mailboxes().list(alice.id()).stream().map(Mailbox::uidValidity))
        .doesNotHaveDuplicates();
  }

  @Test
  void makesParentsAndRefusesDoubles() {
    assertThat(store.mailboxes().create(alice.id(), "a/b/c/", null).name()).isEqualTo("a/b/c");
    assertThat(names()).contains("a", "a/b");
    assertRefused(ALREADY_EXISTS, () -> store.mailboxes().create(alice.id(), "a/b", null));
    assertRefused(ALREADY_EXISTS, () -> store.mailboxes().create(alice.id(), "Inbox", null));
    assertRefused(ALREADY_EXISTS, () -> store.mailboxes().create(alice.id(), "x", SpecialUse.SENT));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "/", "/a", "a//b", "a*", "a%", "a\u0000", "a\nb", "\ud800", "a//"})
  void refusesBadNames(String name) {
    assertRefused(BAD_NAME, () -> store.mailboxes().create(alice.id(), name, null));
    assertThat(store.mailboxes().find(alice.id(), name)).isEmpty();
  }

  @Test
  void givesANewUidValidityToARecreatedName() {
    Mailbox first = store.mailboxes().create(alice.id(), "again", null);
    append(first.id());
    store.mailboxes().delete(alice.id(), "again");
    assertThat(store.directory().quota(alice.id()).messages()).isZero();
    Mailbox second = store.mailboxes().create(alice.id(), "again", null);
    assertThat(second.uidValidity()).isGreaterThan(first.uidValidity());
    assertThat(second.messages()).isZero();
    assertThat(store.mailboxes().find(first.id())).isEmpty();
  }

  @Test
  void keepsWhatIsBelowADeletedMailbox() {
    store.mailboxes().create(alice.id(), "a/b", null);
    store.mailboxes().delete(alice.id(), "a");
    assertThat(names()).contains("a/b").doesNotContain("a");
    assertRefused(CANNOT, () -> store.mailboxes().delete(alice.id(), "inbox"));
    assertRefused(NOT_FOUND, () -> store.mailboxes().delete(alice.id(), "a"));
  }

  @Test
  void renamesTrees() {
    Mailbox before = store.mailboxes().create(alice.id(), "a/b", null);
    append(before.id());
    store.mailboxes().rename(alice.id(), "a", "x/y");
    assertThat(names()).contains("x", "x/y", "x/y/b").doesNotContain("a", "a/b");
    assertThat(mailbox("x/y/b").id()).isEqualTo(before.id());
    assertThat(mailbox("x/y/b").uidValidity()).isEqualTo(before.uidValidity());
    assertRefused(CANNOT, () -> store.mailboxes().rename(alice.id(), "x", "x/y/z"));
    assertRefused(ALREADY_EXISTS, () -> store.mailboxes().rename(alice.id(), "x", "Sent"));
    assertRefused(NOT_FOUND, () -> store.mailboxes().rename(alice.id(), "a", "c"));
    assertRefused(BAD_NAME, () -> store.mailboxes().rename(alice.id(), "x", "c*"));
  }

  @Test
  void renamingInboxMovesItsMessages() {
    append(inbox, SystemFlag.FLAGGED);
    store.mailboxes().rename(alice.id(), "INBOX", "old/inbox");
    assertThat(mailbox("INBOX").messages()).isZero();
    assertThat(mailbox("INBOX").id()).isEqualTo(inbox);
    assertThat(scan(mailbox("old/inbox").id())).hasSize(1);
  }

  @Test
  void subscribesToWhatNeedNotExist() {
    store.mailboxes().subscribe(alice.id(), "later");
    store.mailboxes().subscribe(alice.id(), "later");
    assertThat(store.mailboxes().subscriptions(alice.id())).contains("later").hasSize(7);
    store.mailboxes().unsubscribe(alice.id(), "later");
    store.mailboxes().unsubscribe(alice.id(), "later");
    assertThat(store.mailboxes().subscriptions(alice.id())).doesNotContain("later");
  }

  @Test
  void composesNames() {
    assertThat(Mailboxes.canonicalName("u\u0308ber")).isEqualTo("\u00fcber");
    assertThat(Mailboxes.canonicalName("iNbOx/x")).isEqualTo("INBOX/x");
    assertThat(Mailboxes.canonicalName("inboxes")).isEqualTo("inboxes");
    assertRefused(BAD_NAME, () -> Mailboxes.canonicalName("x".repeat(1001)));
  }
}
