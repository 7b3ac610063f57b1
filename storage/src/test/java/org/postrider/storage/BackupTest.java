package org.postrider.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postrider.storage.backup.Backups;
import org.postrider.storage.backup.Snapshot;

class BackupTest extends StoreFixture {
  /** Most messages delivered beside a backup. */
  private static final int LOAD = 2000;

  private static final Backups.Progress NONE = (what, done, total) -> {};

  @TempDir Path temp;

  private Path backup() {
    return temp.resolve("backup");
  }

  private Snapshot backUp() {
    clock.advance(Duration.ofMinutes(1));
    return Backups.create(store, backup(), clock, NONE);
  }

  private List<Path> files(String below) throws IOException {
    try (Stream<Path> files = Files.list(backup().resolve(below))) {
      return files.sorted().toList();
    }
  }

  private byte[] bytes(Store of, MessageEntry entry) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    of.contents().copy(entry.content(), 0, entry.size(), out);
    return out.toByteArray();
  }

  private static List<MessageEntry> scan(Store of, MailboxId mailbox) {
    List<MessageEntry> entries = new ArrayList<>();
    of.messages().scan(mailbox, 1, Long.MAX_VALUE, entries::add);
    return entries;
  }

  private Store restored(String name) throws IOException {
    Path data = Files.createDirectory(temp.resolve(name));
    assertThat(Backups.restore(backup(), null, StoreSettings.inDirectory(data), NONE)).isEmpty();
    return Store.open(StoreSettings.inDirectory(data), clock);
  }

  @Test
  void restoresOctetForOctetUnderTheSameUids() throws IOException {
    store.directory().setCredential(alice.id(), "a\tb\\c\nd\u00e9");
    store.directory().setQuota(alice.id(), 1 << 20, 77);
    store.directory().addAlias("info@example.org", List.of("alice@example.org", "x@example.com"));
    store.mailboxes().create(alice.id(), "Pr\u00fcfung/2027", null);
    append(inbox);
    TestMail.append(
        store, inbox, MessageFlags.of(SystemFlag.SEEN.bit(), List.of("$Label1")), 200_000);
    TestMail.append(store, inbox, MessageFlags.NONE, 0);
    append(inbox);
    store.messages().expunge(inbox, new long[] {1}, "pop3");
    store.mailboxes().delete(alice.id(), "Junk");
    try (StagedContent content = TestMail.stage(store, TestMail.message("out", 10))) {
      store.queue().deliver(TestMail.delivery(content, List.of(), List.of("far@example.com")));
    }
    Mailbox before = mailbox("INBOX");
    Snapshot snapshot = backUp();
    assertThat(snapshot.rows("message")).isEqualTo(3);
    assertThat(snapshot.contents()).isEqualTo(5);
    assertThat(Backups.verify(backup(), null, NONE)).isEmpty();

    try (Store again = restored("data")) {
      assertThat(StoreCheck.run(again)).isEmpty();
      Account account = again.directory().account("alice@example.org").orElseThrow();
      assertThat(account.credential()).isEqualTo("a\tb\\c\nd\u00e9");
      assertThat(account.quotaMessages()).isEqualTo(77);
      assertThat(again.directory().alias("info@example.org")).isPresent();
      assertThat(again.mailboxes().list(account.id()))
          .extracting(Mailbox::name)
          .containsExactlyElementsOf(
              store.mailboxes().list(alice.id()).stream().map(Mailbox::name).toList());
      Mailbox after = again.mailboxes().find(account.id(), "INBOX").orElseThrow();
      assertThat(after.uidValidity()).isEqualTo(before.uidValidity());
      assertThat(after.uidNext()).as("leaps").isGreaterThan(before.uidNext() + 1000);
      List<MessageEntry> entries = scan(again, after.id());
      assertThat(entries).isEqualTo(scan(inbox));
      for (MessageEntry entry : entries) {
        assertThat(bytes(again, entry)).isEqualTo(bytes(store, entry));
        assertThat(again.contents().digest(entry.content()).toBytes())
            .isEqualTo(store.contents().digest(entry.content()).toBytes());
      }
      assertThat(again.queue().list(new QueueEntryId(0), 9)).hasSize(1);
      assertThat(again.undelete().restore(after.id(), new long[] {1}, after.id()).targetUids())
          .hasSize(1);
      assertThat(again.undelete().mailboxes(account.id())).hasSize(1);
      TestMail.deliver(again, account, "goes on", 10);
      assertThat(again.directory().createAccount("bob@example.org", null).id()).isNotNull();
      assertThat(StoreCheck.run(again)).isEmpty();
    }
  }

  @Test
  void isConsistentWhileMailFlows() throws Exception {
    AtomicBoolean stop = new AtomicBoolean();
    Thread load =
        Thread.ofVirtual()
            .start(() -> {
              for (int i = 0; i < LOAD && !stop.get(); i++) {
                TestMail.deliver(store, alice, "load " + i, i % 5000);
                if (i % 3 == 0) {
                  store.messages().expunge(inbox, new long[] {i / 2 + 1}, "imap");
                  store.contents().sweep(10);
                }
              }
            });
    try {
      backUp();
      backUp();
      assertThat(Backups.verify(backup(), null, NONE)).isEmpty();
    } finally {
      stop.set(true);
      load.join();
    }
    assertThat(Backups.list(backup())).hasSize(2);
  }

  @Test
  void copiesOnlyWhatIsNew() throws IOException {
    for (int i = 0; i < 20; i++) {
      append(inbox);
    }
    backUp();
    List<Path> first = files("segments");
    long size = Files.size(first.getFirst());
    backUp();
    assertThat(files("segments")).isEqualTo(first);
    append(inbox);
    backUp();
    assertThat(files("segments")).hasSize(2).contains(first.getFirst());
    assertThat(Files.size(files("segments").get(1))).isLessThan(size / 4);
    Backups.prune(backup(), 1);
    assertThat(Backups.list(backup())).hasSize(1);
    assertThat(files("segments")).hasSize(2);
    assertThat(Backups.verify(backup(), null, NONE)).isEmpty();
  }

  @Test
  void letsGoOfSegmentsThatFewNeed() throws IOException {
    for (int i = 0; i < 20; i++) {
      append(inbox);
    }
    backUp();
    Path first = files("segments").getFirst();
    store.messages().expunge(inbox, LongStream.range(2, 20).toArray(), "imap");
    clock.advance(Duration.ofDays(15));
    while (store.contents().sweep(10) > 0) {}
    backUp();
    assertThat(files("segments")).as("the old snapshot needs it").contains(first).hasSize(2);
    Backups.prune(backup(), 1);
    assertThat(files("segments")).doesNotContain(first).hasSize(1);
    assertThat(Backups.verify(backup(), null, NONE)).isEmpty();
  }

  @Test
  void aRunThatIsBrokenOffLeavesWhatWas() throws IOException {
    append(inbox);
    Snapshot good = backUp();
    append(inbox);
    clock.advance(Duration.ofMinutes(1));
    assertThatThrownBy(() ->
            Backups.create(
                store,
                backup(),
                clock,
                (what, done, total) -> {
                  throw new IllegalStateException("killed");
                }))
        .hasMessage("killed");
    assertThat(Backups.list(backup())).containsExactly(good);
    assertThat(Backups.verify(backup(), null, NONE)).isEmpty();
    assertThat(files("snapshots").toString()).as("as a kill leaves it").contains("unfinished");
    backUp();
    assertThat(files("snapshots").toString()).doesNotContain("unfinished");
    assertThat(files("segments").toString()).doesNotContain("unfinished");
    assertThat(Backups.list(backup())).hasSize(2);
    assertThat(Backups.verify(backup(), null, NONE)).isEmpty();
  }

  @Test
  void namesADamagedSegmentAndRestoresTheRest() throws IOException {
    append(inbox);
    TestMail.append(store, inbox, MessageFlags.of(SystemFlag.SEEN), 50_000);
    append(inbox);
    backUp();
    Path segment = files("segments").getFirst();
    byte[] damaged = Files.readAllBytes(segment);
    damaged[damaged.length / 2] ^= 0x55;
    Files.write(segment, damaged);
    assertThat(Backups.verify(backup(), null, NONE))
        .anyMatch(line -> line.equals("segments/00000001.segment is damaged"))
        .anyMatch(line -> line.startsWith("segments/00000001.segment, content "));
    Path data = Files.createDirectory(temp.resolve("data"));
    assertThat(Backups.restore(backup(), null, StoreSettings.inDirectory(data), NONE)).hasSize(1);
    try (Store again = Store.open(StoreSettings.inDirectory(data), clock)) {
      assertThat(StoreCheck.run(again)).isEmpty();
      List<MessageEntry> entries = scan(again, inbox);
      assertThat(entries).isEqualTo(scan(inbox));
      assertThat(bytes(again, entries.get(0))).isEqualTo(bytes(store, entries.get(0)));
      assertThat(
              new String(
                  again.contents().header(entries.get(1).content()), StandardCharsets.US_ASCII))
          .contains("damaged");
    }
    Files.delete(segment);
    assertThat(Backups.verify(backup(), null, NONE))
        .contains("segments/00000001.segment is missing");
    backUp();
    assertThat(Backups.verify(backup(), null, NONE)).as("copied anew").isEmpty();
  }

  @Test
  void namesADamagedTable() throws IOException {
    append(inbox);
    Snapshot snapshot = backUp();
    Path table = backup().resolve("snapshots").resolve(snapshot.name()).resolve("message.gz");
    byte[] bytes = Files.readAllBytes(table);
    bytes[bytes.length - 9] ^= 0x55;
    Files.write(table, bytes);
    Path data = Files.createDirectory(temp.resolve("data"));
    assertThatThrownBy(() -> Backups.restore(backup(), null, StoreSettings.inDirectory(data), NONE))
        .isInstanceOf(StorageException.class)
        .hasMessageContaining("message.gz");
    assertThat(Backups.verify(backup(), null, NONE).toString()).contains("message.gz is damaged");
    assertThat(data.resolve("postrider.mv.db")).doesNotExist();
  }

  @Test
  void overwritesNothing() throws IOException {
    append(inbox);
    Snapshot snapshot = backUp();
    Path data = Files.createDirectory(temp.resolve("data"));
    Files.writeString(data.resolve("postrider.mv.db"), "");
    assertThatThrownBy(() -> Backups.restore(backup(), null, StoreSettings.inDirectory(data), NONE))
        .hasMessageContaining("There is a store in");
    assertThatThrownBy(() -> Backups.create(store, data, clock, NONE))
        .hasMessageContaining("holds other things");
    assertThatThrownBy(() ->
            Backups.restore(backup(), "2001", StoreSettings.inDirectory(temp.resolve("d")), NONE))
        .hasMessageContaining("no snapshot 2001");
    assertThatThrownBy(() -> Backups.list(temp.resolve("nowhere")))
        .hasMessageContaining("There is no backup");
    Path manifest = backup().resolve("snapshots").resolve(snapshot.name()).resolve("manifest");
    Files.writeString(
        manifest, Files.readString(manifest).replaceAll("schema=\\d+", "schema=99999"));
    assertThatThrownBy(() ->
            Backups.restore(backup(), null, StoreSettings.inDirectory(temp.resolve("d")), NONE))
        .hasMessageContaining("newer Postrider");
  }

  @Test
  void saysWhatWasDamagedInTheStoreAlready() throws IOException {
    append(inbox);
    append(inbox);
    long content = scan(inbox).getFirst().content().value();
    byte[] piece = store.contents().header(new ContentId(content));
    store.writer().submit(0, tx -> tx.execute("DELETE FROM piece WHERE id = ?", content << 16));
    assertThat(backUp().unreadable()).containsExactly(content);
    assertThat(Backups.verify(backup(), null, NONE)).isEmpty();
    store
        .writer()
        .submit(
            0,
            tx -> tx.execute("INSERT INTO piece (id, bytes) VALUES (?, ?)", content << 16, piece));
  }
}
