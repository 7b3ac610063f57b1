package org.postrider.smtp.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.postrider.storage.DeliveryQueue.State;
import org.postrider.storage.QueueEntryId;

/** Attempts that are made again, and what the sender hears of them. */
class RetryTest extends RelayFixture {
  @Test
  void oneGoodAndOneUnknownRecipientMakeOneDeliveryAndOneReport() throws IOException {
    ScriptedPeer peer =
        peer(command ->
            command.startsWith("RCPT TO:<nobody")
                ? "550 5.1.1 no such user\r\n"
                : ScriptedPeer.accepting("PIPELINING").reply(command));
    domain("remote.test");
    relay(peer.port(), Map.of());
    submit(
        "alice@example.org",
        MESSAGE,
        "ENVID=a+2Bb RET=HDRS",
        "bob@remote.test",
        "nobody@remote.test NOTIFY=FAILURE ORCPT=rfc822;Nobody+40old.test");
    awaitEmptyQueue();
    assertThat(peer.messages()).hasSize(1);
    assertThat(inbox())
        .singleElement()
        .satisfies(report -> {
          assertThat(report)
              .contains("Content-Type: multipart/report; report-type=delivery-status;")
              .contains("From: Mail Delivery System <MAILER-DAEMON@mx.example.org>")
              .contains("Auto-Submitted: auto-replied")
              .contains("Original-Envelope-Id: a+b\r\n")
              .contains("Original-Recipient: rfc822;Nobody@old.test\r\n")
              .contains("Final-Recipient: rfc822; nobody@remote.test\r\n")
              .contains("Action: failed\r\nStatus: 5.1.1\r\nRemote-MTA: dns; mail.remote.test\r\n")
              .contains("Diagnostic-Code: smtp; 550 5.1.1 no such user\r\n")
              .contains("Content-Type: text/rfc822-headers")
              .doesNotContain("bob@remote.test", "one dot", "Return-Path");
        });
  }

  @Test
  void aReportForAFullMailboxWaitsForRoom() throws IOException {
    ScriptedPeer peer =
        peer(command ->
            command.startsWith("RCPT")
                ? "550 5.1.1 no such user\r\n"
                : ScriptedPeer.accepting().reply(command));
    domain("remote.test");
    store.directory().setQuota(alice.id(), 1, 0);
    relay(peer.port(), Map.of());
    QueueEntryId id = send("bob@remote.test");
    await().atMost(Duration.ofSeconds(20)).until(() -> store.queue().find(id).isEmpty());
    assertThat(queue())
        .singleElement()
        .satisfies(report -> {
          assertThat(report.reversePath()).isEmpty();
          assertThat(awaitDeferred(report.id(), 1)).contains("The mailbox is full");
        });
    store.directory().setQuota(alice.id(), 0, 0);
    pass(Duration.ofMinutes(1));
    awaitEmptyQueue();
    assertThat(inbox()).singleElement().asString().contains("Action: failed\r\nStatus: 5.1.1");
  }

  @Test
  void aHostThatIsDownIsTriedAgainThenTheSenderHearsAndAtLastGetsItBack() throws IOException {
    ScriptedPeer peer = peer(ScriptedPeer.accepting());
    int port = peer.port();
    peer.close();
    domain("down.test");
    relay(port, Map.of());
    QueueEntryId id = send("bob@down.test");
    assertThat(awaitDeferred(id, 1)).contains("mail.down.test [127.0.0.1]");
    pass(Duration.ofMinutes(1));
    awaitDeferred(id, 2);
    assertThat(inbox()).isEmpty();
    pass(Duration.ofHours(4));
    awaitDeferred(id, 3);
    assertThat(inbox())
        .singleElement()
        .satisfies(report ->
            assertThat(report)
                .contains("Action: delayed\r\nStatus: 4.4.1\r\n")
                .contains("Will-Retry-Until: Sat, 7 Mar 2026 10:00:00 +0000\r\n"));
    pass(Duration.ofHours(1));
    awaitDeferred(id, 4);
    assertThat(inbox()).as("the delay is told once").hasSize(1);
    pass(Duration.ofDays(5));
    awaitEmptyQueue();
    assertThat(inbox()).hasSize(2);
    assertThat(inbox().get(1))
        .contains("Action: failed\r\nStatus: 5.4.7\r\n")
        .contains("Content-Type: message/rfc822")
        .contains(".one dot\r\nline\r\n");
  }

  @Test
  void mailFromNobodyThatFailsIsADeadLetter() throws IOException {
    relay(1, Map.of());
    QueueEntryId id = submit("", MESSAGE, "", "a@gone.test");
    await()
        .atMost(Duration.ofSeconds(20))
        .until(() ->
            store.queue().find(id).orElseThrow().recipients().getFirst().state() == State.FAILED);
    assertThat(inbox()).isEmpty();
  }

  @Test
  void aConnectionThatBreaksIsTriedAgain() throws IOException {
    AtomicInteger ends = new AtomicInteger();
    ScriptedPeer peer =
        peer(command -> {
          if (command.equals(".") && ends.getAndIncrement() == 0) {
            return "";
          }
          return ScriptedPeer.accepting("PIPELINING").reply(command);
        });
    domain("break.test");
    relay(peer.port(), Map.of());
    QueueEntryId id = send("bob@break.test");
    assertThat(awaitDeferred(id, 1)).contains("closed the connection");
    pass(Duration.ofMinutes(1));
    awaitEmptyQueue();
    assertThat(peer.messages()).as("RFC 1047: rather twice than never").hasSize(2);
  }

  @Test
  void whatARelayThatDiedHadLeasedIsTriedByTheNext() throws IOException {
    QueueEntryId id = send("bob@remote.test");
    assertThat(store.queue().lease("dead", Duration.ofHours(1), 10, List.of())).hasSize(1);
    ScriptedPeer peer = peer(ScriptedPeer.accepting());
    domain("remote.test");
    relay(peer.port(), Map.of());
    awaitEmptyQueue();
    assertThat(store.queue().find(id)).isEmpty();
    assertThat(peer.messages()).hasSize(1);
  }

  @Test
  void successIsReportedWhereTheOtherServerDoesNot() throws IOException {
    ScriptedPeer without = peer(ScriptedPeer.accepting());
    ScriptedPeer with = peer(ScriptedPeer.accepting("DSN"));
    relay(1, Map.of("without.test", to(without), "with.test", to(with)));
    send("a@without.test NOTIFY=SUCCESS,FAILURE", "b@with.test NOTIFY=SUCCESS,FAILURE");
    awaitEmptyQueue();
    assertThat(inbox())
        .singleElement()
        .satisfies(report ->
            assertThat(report).contains("a@without.test\r\nAction: relayed\r\nStatus: 2."));
    assertThat(with.heard()).contains("RCPT TO:<b@with.test> NOTIFY=SUCCESS,FAILURE");
  }
}
