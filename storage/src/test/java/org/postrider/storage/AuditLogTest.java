package org.postrider.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class AuditLogTest extends StoreFixture {
  private static final AuditLog.Listener NOBODY = (rows, total) -> {};

  private Delivery.Result deliver(
      String messageId,
      String session,
      List<Delivery.Target> local,
      List<String> remote,
      @Nullable QueueEntryId reportOn) {
    byte[] message =
        ("From: a@example.org\r\nMessage-ID: " + messageId + "\r\n\r\nbody\r\n")
            .getBytes(StandardCharsets.US_ASCII);
    try (StagedContent content = TestMail.stage(store, message)) {
      return store
          .queue()
          .deliver(
              new Delivery(
                  content,
                  "sender@example.net",
                  local,
                  remote.stream().map(Delivery.Remote::new).toList(),
                  "",
                  1,
                  session,
                  alice.id(),
                  0,
                  0,
                  new Delivery.Origin("[192.0.2.1] (client) with ESMTP", "loop", reportOn)));
    }
  }

  private Delivery.Target toAlice(String address) {
    return new Delivery.Target(alice.id(), "INBOX", address);
  }

  private List<Acceptance> byMessageId(String id) {
    return store.audit().ofMessageId(id, 0, 10, NOBODY);
  }

  @Test
  void aMessageIsFoundByEachOfItsNames() {
    Delivery.Result result =
        deliver(
            "<1@x>", "s1", List.of(toAlice("alice+d@example.org")), List.of("b@one.test"), null);
    long at = clock.millis();
    clock.advance(Duration.ofMinutes(1));
    deliver("<2@x>", "s2", List.of(toAlice("alice@example.org")), List.of(), null);
    Acceptance accepted = store.audit().ofEntry(result.queueEntry()).orElseThrow();
    assertThat(accepted)
        .isEqualTo(
            new Acceptance(
                accepted.id(),
                at,
                "s1",
                Optional.of(alice.id()),
                "1@x",
                "sender@example.net",
                "[192.0.2.1] (client) with ESMTP",
                "loop",
                Optional.empty(),
                Optional.of(result.queueEntry()),
                List.of(new Acceptance.Copy("alice+d@example.org", inbox, 1))));
    assertThat(byMessageId(" <1@x>")).containsExactly(accepted);
    assertThat(byMessageId("1@x")).containsExactly(accepted);
    assertThat(byMessageId("3@x")).isEmpty();
    assertThat(store.audit().ofMessageId("1@x", at + 1, 10, NOBODY)).isEmpty();
    assertThat(store.audit().ofSession("s1", at - 1000, NOBODY)).containsExactly(accepted);
    assertThat(store.audit().ofSession("s1", at + 1000, NOBODY)).isEmpty();
    assertThat(store.audit().ofSession("s2", at - 1000, NOBODY)).hasSize(1);
  }

  @Test
  void theNewestWithAMessageIdComesFirst() {
    for (int i = 0; i < 3; i++) {
      deliver("<same@x>", "s" + i, List.of(toAlice("alice@example.org")), List.of(), null);
      clock.advance(Duration.ofSeconds(1));
    }
    assertThat(store.audit().ofMessageId("<same@x>", 0, 2, NOBODY))
        .extracting(Acceptance::session)
        .containsExactly("s2", "s1");
  }

  @Test
  void manyRecipientsTakeSeveralRowsAndNoneIsLost() {
    List<Delivery.Target> targets = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      targets.add(toAlice("alice+" + i + "@example.org"));
    }
    Delivery.Result result = deliver("<many@x>", "s", targets, List.of("b@one.test"), null);
    assertThat(byMessageId("many@x"))
        .singleElement()
        .satisfies(accepted -> {
          assertThat(accepted.copies()).hasSize(300);
          assertThat(accepted.copies().getLast())
              .isEqualTo(new Acceptance.Copy("alice+299@example.org", inbox, 300));
        });
    assertThat(store.audit().ofEntry(result.queueEntry()).orElseThrow().copies()).hasSize(300);
  }

  @Test
  void aReportIsFoundFromWhatItReportsOn() {
    QueueEntryId entry = deliver("<1@x>", "s", List.of(), List.of("b@one.test"), null).queueEntry();
    deliver("<report@x>", "s", List.of(toAlice("alice@example.org")), List.of(), entry);
    QueueEvent event = store.queue().events(entry).getLast();
    assertThat(event.kind()).isEqualTo("report");
    Acceptance report = store.audit().ofRow(event.audit()).orElseThrow();
    assertThat(report.messageId()).isEqualTo("report@x");
    assertThat(report.reportOn()).contains(entry);
  }

  @Test
  void whatBecameOfCopies() {
    MailboxId trash = mailbox("Trash").id();
    List<Acceptance.Copy> copies = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      deliver("<" + i + "@x>", "s", List.of(toAlice("alice@example.org")), List.of(), null);
      copies.addAll(byMessageId(i + "@x").getFirst().copies());
    }
    clock.advance(Duration.ofHours(1));
    store.messages().expunge(inbox, new long[] {1}, "imap");
    store.messages().move(inbox, new long[] {2}, trash);
    assertThat(copies)
        .extracting(store.audit()::fate)
        .containsExactly(
            new Acceptance.Fate("alice@example.org", "INBOX", "imap", clock.millis()),
            new Acceptance.Fate("alice@example.org", "INBOX", "move", clock.millis()),
            new Acceptance.Fate("alice@example.org", "INBOX", "", 0));
  }

  @Test
  void theLogIsSweptWhenItsRetentionIsOver() {
    QueueEntryId gone = deliver("<1@x>", "s", List.of(), List.of("b@one.test"), null).queueEntry();
    QueueEntryId waits = deliver("<2@x>", "s", List.of(), List.of("b@one.test"), null).queueEntry();
    store.queue().change(gone, -1, DeliveryQueue.Change.CANCEL, "root");
    clock.advance(StoreSettings.AUDIT_RETENTION.minusHours(1));
    QueueEntryId late = deliver("<3@x>", "s", List.of(), List.of("b@one.test"), null).queueEntry();
    sweep();
    assertThat(byMessageId("1@x")).hasSize(1);
    clock.advance(Duration.ofHours(2));
    sweep();
    assertThat(byMessageId("1@x")).isEmpty();
    assertThat(store.queue().events(gone)).isEmpty();
    assertThat(store.queue().events(waits))
        .as("what is in the queue keeps its history")
        .extracting(QueueEvent::kind, QueueEvent::recipient)
        .containsExactly(tuple("queued", -1));
    assertThat(byMessageId("3@x")).hasSize(1);
    assertThat(store.queue().events(late)).hasSize(1);
  }

  private void sweep() {
    while (store.contents().sweep(100) > 0) {}
  }
}
