package org.postrider.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Breaks each invariant by SQL, and has it found, named and mended. */
class StoreCheckTest {
  private final FakeClock clock = new FakeClock();
  private Store store;
  private MailboxId inbox;

  @BeforeEach
  void open() {
    store = Store.open(StoreSettings.inMemory(UUID.randomUUID().toString()), clock);
    Account alice = store.directory().createAccount("alice@example.org", null);
    inbox = store.mailboxes().find(alice.id(), "INBOX").orElseThrow().id();
    for (int i = 0; i < 5; i++) {
      TestMail.deliver(store, alice, "message " + i, 100);
    }
    store
        .messages()
        .storeFlags(
            inbox,
            new long[] {2},
            new FlagChange(
                FlagChange.Mode.ADD, MessageFlags.of(0, List.of("$work", "$home", "$later"))),
            java.util.OptionalLong.empty());
    store.messages().expunge(inbox, new long[] {5}, "imap");
    store.mailboxes().subscribe(alice.id(), "INBOX");
  }

  @AfterEach
  void close() {
    store.close();
  }

  private void sql(String sql) {
    store
        .writer()
        .submit(
            0,
            tx -> {
              tx.settle();
              tx.execute(sql);
              return true;
            });
  }

  private record Checked(StoreCheck.Result result, List<Violation> violations) {}

  private Checked check(boolean repair) {
    List<Violation> violations = new ArrayList<>();
    StoreCheck.Result result =
        StoreCheck.run(
            store,
            new StoreCheck.Options(true, repair),
            new StoreCheck.Listener() {
              @Override
              public void progress(String what, long done, long total) {}

              @Override
              public void violation(Violation violation) {
                violations.add(violation);
              }
            });
    return new Checked(result, violations);
  }

  @Test
  void findsNothingInASoundStore() {
    Checked checked = check(true);
    assertThat(checked.violations).isEmpty();
    assertThat(checked.result).isEqualTo(new StoreCheck.Result(4, 5, 810, 0, 0, 0));
  }

  static Stream<Arguments> mendable() {
    String first = "(SELECT MIN(id) FROM message)";
    String content = "(SELECT MIN(id) FROM content)";
    return Stream.of(
        Arguments.of("mailbox counters", "UPDATE mailbox_state SET messages = messages + 1"),
        Arguments.of("mailbox counters", "UPDATE mailbox_state SET unseen = 7, size = 1"),
        Arguments.of("UID not below UIDNEXT", "UPDATE mailbox_state SET uidnext = 3"),
        Arguments.of("MODSEQ above HIGHESTMODSEQ", "UPDATE mailbox_state SET modseq = 1"),
        Arguments.of("mailbox without its state", "DELETE FROM mailbox_state"),
        Arguments.of(
            "mailbox_state without its mailbox",
            "INSERT INTO mailbox_state VALUES (999, 1, 1, 0, 0, 0, 0)"),
        Arguments.of(
            "message row with another mailbox than its id says",
            "UPDATE message SET mailbox = 999 WHERE id = " + first),
        Arguments.of(
            "message row of another size than its content",
            "UPDATE message SET size = size + 1 WHERE id = " + first),
        Arguments.of(
            "expunged and there",
            "INSERT INTO expunged (id, mailbox, modseq, flags, internal_date, save_date, size,"
                + " expunged_at, protocol) SELECT id, mailbox, modseq, 0, 0, 0, size, 0, 'x' FROM"
                + " message WHERE id = "
                + first),
        Arguments.of("references", "UPDATE content SET refs = refs + 1 WHERE id = " + content),
        Arguments.of("references", "UPDATE content SET refs = 0 WHERE id = " + content),
        Arguments.of(
            "content that is referred to is going to be swept",
            "INSERT INTO unreferenced VALUES (" + content + ", 0)"),
        Arguments.of(
            "pieces of no content",
            "INSERT INTO piece VALUES ((SELECT MAX(id) FROM content) * 65536 + 65536, X'0102')"),
        Arguments.of("pieces of no content", "INSERT INTO piece VALUES (6553600000000, X'0102')"),
        Arguments.of(
            "content with a digest that is not its own",
            "UPDATE content SET digest = X'0102' WHERE id = " + content),
        Arguments.of(
            "content with a digest that is not its own",
            "UPDATE content SET header_size = 1 WHERE id = " + content),
        Arguments.of("keyword numbers with gaps", "DELETE FROM keyword WHERE name = '$home'"),
        Arguments.of("keyword without a name", "DELETE FROM keyword WHERE name = '$work'"),
        Arguments.of("keyword without its mailbox", "INSERT INTO keyword VALUES (999, 0, 'x')"),
        Arguments.of("account without INBOX", "DELETE FROM mailbox WHERE name = 'INBOX'"),
        Arguments.of(
            "UIDVALIDITY above the account's last", "UPDATE account SET last_uidvalidity = 1"),
        Arguments.of(
            "subscription without its account", "INSERT INTO subscription VALUES (999, 'x')"),
        Arguments.of(
            "message in an Outbox without its queue entry, or the reverse",
            "INSERT INTO outbox VALUES (999, " + first + ")"),
        Arguments.of(
            "message in an Outbox that is not in the queue",
            "UPDATE mailbox SET special_use = 'SCHEDULED' WHERE name = 'INBOX'"),
        Arguments.of(
            "queue_recipient without its queue_entry",
            "INSERT INTO queue_recipient (id, address, domain, options, state, attempts,"
                + " next_attempt, last_reply, delay_told)"
                + " VALUES (999 * 1048576, 'x', 'x', '', 'WAITING', 0, 0, '', FALSE)"));
  }

  @ParameterizedTest
  @MethodSource
  void mendable(String invariant, String damage) {
    sql(damage);
    Checked found = check(false);
    assertThat(found.violations)
        .extracting(Violation::invariant)
        .as(found.toString())
        .contains(invariant);
    assertThat(found.result.mended()).isZero();
    assertThat(check(true).violations)
        .filteredOn(violation -> violation.invariant().equals(invariant))
        .isNotEmpty()
        .allSatisfy(violation -> assertThat(violation.mended()).isNotNull());
    if (!invariant.equals("account without INBOX")) { // its messages stay without a mailbox
      assertThat(check(false).violations).isEmpty();
    }
  }

  static Stream<Arguments> damaged() {
    String content = "(SELECT MIN(id) FROM content)";
    String bytes = "X'" + "0a".repeat(166) + "'";
    return Stream.of(
        Arguments.of("UPDATE piece SET bytes = X'00' WHERE id = " + content + " * 65536"),
        Arguments.of("UPDATE content SET sha256 = X'00' WHERE id = " + content),
        Arguments.of("DELETE FROM piece WHERE id = " + content + " * 65536 + 1"),
        Arguments.of("DELETE FROM piece WHERE id / 65536 = " + content),
        Arguments.of("UPDATE content SET size = 1000000 WHERE id = " + content),
        Arguments.of("UPDATE piece SET bytes = " + bytes + " WHERE id = " + content + " * 65536"));
  }

  @ParameterizedTest
  @MethodSource
  void damaged(String damage) throws Exception {
    sql(damage);
    Checked found = check(true);
    assertThat(found.violations)
        .anySatisfy(violation -> {
          assertThat(violation.invariant()).isEqualTo("message is damaged");
          assertThat(violation.subject()).startsWith("alice@example.org INBOX UID 1");
        });
    assertThat(found.result.quarantined()).isOne();
    List<ContentId> contents = new ArrayList<>();
    store.messages().scan(inbox, 1, 100, entry -> contents.add(entry.content()));
    List<ContentId> bad = new ArrayList<>();
    List<ContentId> good = new ArrayList<>();
    store
        .contents()
        .bytes(
            contents,
            new Contents.BytesSink() {
              @Override
              public void content(ContentId content, byte[] bytes) {
                good.add(content);
              }

              @Override
              public void damaged(ContentId content) {
                bad.add(content);
              }
            });
    assertThat(bad).containsExactly(contents.getFirst());
    assertThat(good).containsExactlyElementsOf(contents.subList(1, 4));
  }

  @Test
  void whatIsRightAgainLeavesTheQuarantine() {
    sql("UPDATE piece SET id = -id WHERE id = (SELECT MIN(id) FROM piece)");
    assertThat(check(false).result.quarantined()).isOne();
    sql("UPDATE piece SET id = -id WHERE id < 0");
    assertThat(check(false).result.quarantined()).isZero();
    assertThat(check(false).violations).isEmpty();
  }

  @Test
  void runsBesideDeliveriesWithoutFalseAlarms() throws Exception {
    Account bob = store.directory().createAccount("bob@example.org", null);
    Thread mail =
        Thread.ofPlatform()
            .start(() -> {
              MailboxId box = store.mailboxes().find(bob.id(), "INBOX").orElseThrow().id();
              for (int i = 0; i < 300; i++) {
                long uid = TestMail.deliver(store, bob, "x", 200).uid();
                if (i % 3 == 0) {
                  store.messages().copy(box, new long[] {uid}, box);
                  store.messages().expunge(box, new long[] {uid}, "imap");
                  clock.advance(java.time.Duration.ofDays(20));
                  store.contents().sweep(10);
                }
              }
            });
    do {
      assertThat(check(true).violations).isEmpty();
    } while (mail.isAlive());
    mail.join();
  }
}
