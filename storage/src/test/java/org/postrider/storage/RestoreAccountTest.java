package org.postrider.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postrider.storage.backup.Backups;
import org.postrider.storage.backup.RestoreReport;
import org.postrider.storage.backup.RestoreReport.AccountState;
import org.postrider.storage.backup.RestoreReport.Folder;
import org.postrider.storage.backup.RestoreReport.Into;

/** One account or folder brought back into a store that went on. */
class RestoreAccountTest extends StoreFixture {
  private static final Backups.Progress NONE = (what, done, total) -> {};

  @TempDir Path temp;

  private Path backup() {
    return temp.resolve("backup");
  }

  private void backUp() {
    clock.advance(Duration.ofMinutes(1));
    Backups.create(store, backup(), clock, NONE);
    clock.advance(Duration.ofMinutes(1));
  }

  private RestoreReport restore(@Nullable String folder, boolean dryRun) {
    return Backups.restoreAccount(
        store, backup(), new Backups.Selection("Alice@example.org", folder, null, dryRun), NONE);
  }

  /** Restores after a trial that must have said the same. */
  private Folder restore(String folder) {
    RestoreReport trial = restore(folder, true);
    RestoreReport report = restore(folder, false);
    assertThat(report.failures()).isEmpty();
    assertThat(trial.folders()).isEqualTo(report.folders());
    Folder again = restore(folder, false).folders().getFirst();
    assertThat(again.oldUid() + again.newUid()).as("restored a second time").isZero();
    return report.folders().getFirst();
  }

  private long append(MailboxId mailbox, String subject, MessageFlags flags) {
    try (StagedContent content = TestMail.stage(store, TestMail.message(subject, 100))) {
      return store
          .messages()
          .append(mailbox, List.of(new Messages.NewMessage(content, flags, 2_000)))
          .uids()[0];
    }
  }

  private String subject(MessageEntry entry) {
    String header = new String(store.contents().header(entry.content()), StandardCharsets.UTF_8);
    return header.replaceAll("(?s).*Subject: ([^\r]*)\r.*", "$1");
  }

  private List<String> subjects(MailboxId mailbox) {
    return scan(mailbox).stream().map(entry -> entry.uid() + " " + subject(entry)).toList();
  }

  /** Loses a message as a damaged disk does, so that nobody was told. */
  private void lose(MailboxId mailbox, long uid) {
    store
        .writer()
        .submit(
            0,
            tx -> {
              MailboxState state = tx.mailbox(mailbox);
              List<MessageRow> rows = MessageRows.byRange(tx.connection(), mailbox, uid, uid, 1);
              MessageRow row = rows.getFirst();
              tx.account(state.account()).use(-row.size(), -1);
              state.count(row.flags(), row.size(), -1);
              MessageRows.delete(tx, mailbox, rows);
              ContentRows.release(tx, Map.of(row.content(), 1L), clock.millis());
              return true;
            });
  }

  private void sweepAll() {
    for (int days : new int[] {15, 1}) { // the retention, then what nothing refers to
      clock.advance(Duration.ofDays(days));
      while (store.contents().sweep(10) > 0) {}
    }
  }

  @Test
  void aUidThatWasExpungedIsNotUsedAgainOneThatWasLostIs() {
    MessageFlags labelled = MessageFlags.of(SystemFlag.SEEN.bit(), List.of("$Label1", "work"));
    append(inbox, "stays", MessageFlags.NONE);
    append(inbox, "lost", labelled);
    append(inbox, "expunged", labelled);
    append(inbox, "swept", labelled);
    List<MessageEntry> before = scan(inbox);
    backUp();
    store.messages().expunge(inbox, new long[] {4}, "imap");
    sweepAll();
    store.messages().expunge(inbox, new long[] {3}, "pop3");
    lose(inbox, 2);
    store
        .messages()
        .storeFlags(
            inbox,
            new long[] {1},
            new FlagChange(FlagChange.Mode.ADD, MessageFlags.of(SystemFlag.FLAGGED)),
            OptionalLong.empty());
    append(inbox, "new", MessageFlags.NONE);
    Mailbox now = mailbox("INBOX");

    Folder folder = restore("inbox");

    assertThat(folder).isEqualTo(new Folder("INBOX", "INBOX", Into.SAME, true, 1, 2, 1, 0));
    assertThat(subjects(inbox))
        .containsExactly("1 stays", "2 lost", "5 new", "6 expunged", "7 swept");
    List<MessageEntry> after = scan(inbox);
    assertThat(after.getFirst().flags())
        .as("left alone")
        .isEqualTo(MessageFlags.of(SystemFlag.FLAGGED));
    assertThat(after.get(1))
        .usingRecursiveComparison()
        .ignoringFields("modSeq")
        .isEqualTo(before.get(1));
    assertThat(after.get(1).modSeq()).as("a new event").isGreaterThan(now.highestModSeq());
    assertThat(after.get(3).flags()).isEqualTo(labelled);
    assertThat(after.get(3).internalDate()).isEqualTo(2_000);
    assertThat(store.undelete().messages(inbox, 0, 0, 10)).as("came back once").isEmpty();
    assertThat(store.messages().changesSince(inbox, now.highestModSeq()).changed()).hasSize(3);
  }

  @Test
  void aMailboxThatTookTheNameGetsWhatItDoesNotHave() {
    MailboxId work = store.mailboxes().create(alice.id(), "Work/2027", null).id();
    append(work, "one", MessageFlags.NONE);
    append(work, "two", MessageFlags.NONE);
    append(work, "two", MessageFlags.of(SystemFlag.DRAFT));
    backUp();
    store.mailboxes().delete(alice.id(), "Work/2027");
    MailboxId again = store.mailboxes().create(alice.id(), "Work/2027", null).id();
    append(again, "two", MessageFlags.of(SystemFlag.SEEN));
    Folder folder = restore("Work");
    assertThat(folder).isEqualTo(new Folder("Work", "Work", Into.SAME, true, 0, 0, 0, 0));
    assertThat(subjects(again)).containsExactly("1 two", "2 one", "3 two");
  }

  @Test
  void aRenamedMailboxIsTheSame() {
    MailboxId work = store.mailboxes().create(alice.id(), "Work", null).id();
    append(work, "one", MessageFlags.NONE);
    backUp();
    lose(work, 1);
    store.mailboxes().rename(alice.id(), "Work", "Done");
    assertThat(restore("Work")).isEqualTo(new Folder("Work", "Done", Into.SAME, true, 1, 0, 0, 0));
    assertThat(subjects(work)).containsExactly("1 one");
    assertThat(store.mailboxes().find(alice.id(), "Work")).isEmpty();
  }

  @Test
  void aDeletedMailboxComesBackAsItWasOrIsMadeWithItsUids() {
    MailboxId work = store.mailboxes().create(alice.id(), "Work", SpecialUse.ALL).id();
    store.mailboxes().subscribe(alice.id(), "Work");
    long first = append(work, "one", MessageFlags.of(0, List.of("k")));
    append(work, "two", MessageFlags.NONE);
    store.messages().expunge(work, new long[] {first}, "imap");
    Mailbox before = store.mailboxes().find(work).orElseThrow();
    backUp();
    append(work, "three", MessageFlags.NONE);
    store.mailboxes().delete(alice.id(), "Work");
    assertThat(restore("Work"))
        .isEqualTo(new Folder("Work", "Work", Into.BROUGHT_BACK, true, 0, 0, 1, 0));
    assertThat(subjects(work)).containsExactly("2 two", "3 three");

    store.mailboxes().delete(alice.id(), "Work");
    store.mailboxes().unsubscribe(alice.id(), "Work");
    sweepAll();
    assertThat(restore("Work")).isEqualTo(new Folder("Work", "Work", Into.NEW, true, 1, 0, 0, 0));
    Mailbox made = mailbox("Work");
    assertThat(made.id()).isNotEqualTo(work);
    assertThat(made.uidValidity()).isEqualTo(before.uidValidity());
    assertThat(made.specialUse()).isEqualTo(SpecialUse.ALL);
    assertThat(made.uidNext()).as("leaps").isGreaterThan(before.uidNext() + 1000);
    assertThat(made.highestModSeq()).isGreaterThan(before.highestModSeq() + 1000);
    assertThat(subjects(made.id())).containsExactly("2 two");
    assertThat(store.mailboxes().subscriptions(alice.id())).contains("Work");
    assertThat(append(made.id(), "four", MessageFlags.NONE)).isEqualTo(made.uidNext());
    // of what clients may have seen expunged before, nothing is known any more
    Messages.Expunged unknown = store.messages().expungedSince(made.id(), before.highestModSeq());
    assertThat(unknown.complete()).isFalse();
    assertThat(unknown.uids()).isEmpty();
    store.messages().expunge(made.id(), new long[] {2}, "imap");
    Messages.Expunged known = store.messages().expungedSince(made.id(), made.highestModSeq());
    assertThat(known.complete()).isTrue();
    assertThat(known.uids()).containsExactly(2);
    assertThat(StoreCheck.run(store)).isEmpty();
  }

  @Test
  void aUserWhoIsGoneComesBackWithEverything() throws IOException {
    store.directory().setCredential(alice.id(), "secret");
    store.directory().addAlias("info@example.org", List.of("alice@example.org", "x@example.com"));
    append(inbox, "one", MessageFlags.NONE);
    MailboxId sent = mailbox("Sent").id();
    store.messages().copy(inbox, new long[] {1}, sent);
    try (StagedContent long300k = TestMail.stage(store, TestMail.message("long", 300_000))) {
      store
          .messages()
          .append(sent, List.of(new Messages.NewMessage(long300k, MessageFlags.NONE, 5)));
    }
    List<MessageEntry> before = scan(sent);
    byte[] bytes = bytes(before.get(1));
    store.directory().setQuota(alice.id(), 50, 1);
    store.directory().setHoldSeconds(alice.id(), 30);
    List<Mailbox> mailboxes = store.mailboxes().list(alice.id());
    backUp();

    store.directory().removeAccount(alice.id());
    assertThat(restore(null, true).account()).isEqualTo(AccountState.BROUGHT_BACK);
    RestoreReport held = restore(null, false);
    assertThat(held.account()).isEqualTo(AccountState.BROUGHT_BACK);
    assertThat(held.folders()).allMatch(folder -> folder.into() == Into.SAME);
    assertThat(held.restored()).isZero();
    Account account = store.directory().account("alice@example.org").orElseThrow();
    assertThat(account.id()).isEqualTo(alice.id());
    assertThat(account.credential()).isEqualTo("secret");
    assertThat(account.quotaMessages()).isOne();

    store.directory().removeAccount(alice.id());
    store.directory().removeAlias("info@example.org", List.of());
    store.directory().removeDomain("example.org");
    sweepAll();
    RestoreReport trial = restore(null, true);
    assertThat(store.directory().account("alice@example.org")).isEmpty();
    RestoreReport made = restore(null, false);
    assertThat(made.folders()).isEqualTo(trial.folders());
    assertThat(made.account()).isEqualTo(AccountState.MADE);
    assertThat(made.restored()).isEqualTo(3);
    assertThat(made.overQuota()).isTrue();
    assertThat(made.notes()).containsExactly("The alias info@example.org was restored.");
    Account again = store.directory().account("alice@example.org").orElseThrow();
    assertThat(again.credential()).isEqualTo("secret");
    assertThat(again.quotaBytes()).isEqualTo(50);
    assertThat(again.holdSeconds()).isEqualTo(30);
    assertThat(store.directory().alias("info@example.org").orElseThrow().targets())
        .containsExactly("alice@example.org");
    assertThat(store.mailboxes().list(again.id()))
        .extracting(m -> m.name() + " " + m.uidValidity() + " " + m.specialUse())
        .containsExactlyElementsOf(
            mailboxes.stream()
                .map(m -> m.name() + " " + m.uidValidity() + " " + m.specialUse())
                .toList());
    assertThat(store.mailboxes().subscriptions(again.id())).contains("INBOX", "Sent");
    Mailbox sentAgain = store.mailboxes().find(again.id(), "Sent").orElseThrow();
    assertThat(scan(sentAgain.id()))
        .usingRecursiveComparison()
        .ignoringFields("modSeq", "content")
        .isEqualTo(before);
    assertThat(bytes(scan(sentAgain.id()).get(1))).isEqualTo(bytes);
    Mailbox inboxAgain = store.mailboxes().find(again.id(), "INBOX").orElseThrow();
    assertThat(scan(inboxAgain.id()).getFirst().content())
        .as("shared")
        .isEqualTo(scan(sentAgain.id()).getFirst().content());
    alice = again;
  }

  private byte[] bytes(MessageEntry entry) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    store.contents().copy(entry.content(), 0, entry.size(), out);
    return out.toByteArray();
  }

  @Test
  void whatIsDamagedIsNamedAndTheRestComesBack() throws IOException {
    append(inbox, "one", MessageFlags.NONE);
    long damaged = TestMail.append(store, inbox, MessageFlags.NONE, 50_000);
    append(inbox, "three", MessageFlags.NONE);
    backUp();
    store.messages().expunge(inbox, new long[] {1, 2, 3}, "imap");
    sweepAll();
    Path segment = backup().resolve("segments/00000001.segment");
    byte[] bytes = Files.readAllBytes(segment);
    bytes[bytes.length / 2] ^= 0x55;
    Files.write(segment, bytes);
    RestoreReport report = restore(null, false);
    assertThat(report.failures())
        .containsExactly(
            new RestoreReport.Failure(
                "INBOX", damaged, "its bytes in segments/00000001.segment are damaged"));
    assertThat(report.restored()).isEqualTo(2);
    assertThat(report.failed()).isOne();
    assertThat(subjects(inbox)).containsExactly("4 one", "5 three");
  }

  @Test
  void refusesWhatTheSnapshotDoesNotHaveOrWhatIsDamaged() throws IOException {
    append(inbox, "one", MessageFlags.NONE);
    backUp();
    assertThatThrownBy(() -> restore("Nowhere", false)).hasMessageContaining("no folder 'Nowhere'");
    assertThatThrownBy(() ->
            Backups.restoreAccount(
                store, backup(), new Backups.Selection("bob@example.org", null, null, false), NONE))
        .hasMessageContaining("has no user bob@example.org");
    Path table = temp.resolve("backup/snapshots").toRealPath();
    try (var found = Files.find(table, 9, (path, type) -> path.endsWith("message.gz"))) {
      table = found.findFirst().orElseThrow();
    }
    byte[] bytes = Files.readAllBytes(table);
    bytes[bytes.length / 2] ^= 0x55;
    Files.write(table, bytes);
    assertThatThrownBy(() -> restore(null, false)).hasMessageContaining("message.gz is damaged");
  }

  @Test
  void whatTheLimitsRefuseIsSaid() {
    MailboxId work = store.mailboxes().create(alice.id(), "Work", null).id();
    for (int i = 0; i < 200; i++) {
      append(work, "mail " + i, MessageFlags.of(0, List.of("old" + i)));
    }
    backUp();
    store.messages().expunge(work, new long[] {1, 2, 3, 150}, "imap");
    // expunged messages leave their keywords: a mailbox has at most 256
    for (int i = 0; i < 56; i++) {
      append(work, "more", MessageFlags.of(0, List.of("new" + i)));
    }
    Folder folder = restore("Work");
    assertThat(folder.newUid()).isEqualTo(4);
    store.mailboxes().delete(alice.id(), "Work");
    MailboxId again = store.mailboxes().create(alice.id(), "Work", null).id();
    for (int i = 0; i < 255; i++) {
      append(again, "more", MessageFlags.of(0, List.of("new" + i)));
    }
    RestoreReport report = restore("Work", false);
    assertThat(report.restored()).isOne();
    assertThat(report.failed()).isEqualTo(199);
    assertThat(report.failures().getFirst().why()).contains("at most 256 different keywords");
  }

  @Test
  void goesOnWhileMailFlows() throws Exception {
    for (int i = 0; i < 300; i++) {
      append(inbox, "saved " + i, MessageFlags.NONE);
    }
    backUp();
    store
        .messages()
        .expunge(inbox, scan(inbox).stream().mapToLong(MessageEntry::uid).toArray(), "imap");
    sweepAll();
    Thread load =
        Thread.ofVirtual()
            .start(() -> {
              for (int i = 0; i < 300; i++) {
                TestMail.deliver(store, alice, "new " + i, 10);
              }
            });
    RestoreReport report = restore(null, false);
    load.join();
    assertThat(report.restored()).isEqualTo(300);
    assertThat(scan(inbox)).extracting(this::subject).hasSize(600).doesNotHaveDuplicates();
  }
}
