package org.postrider.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postrider.control.operation.Operation;
import org.postrider.control.operation.Progress;
import org.postrider.control.operation.QueueChange;
import org.postrider.control.operation.QueueFilter;
import org.postrider.control.operation.QueueList;
import org.postrider.control.operation.QueueShow;
import org.postrider.control.operation.Refusal;
import org.postrider.control.operation.Trace;
import org.postrider.storage.ContentWriter;
import org.postrider.storage.Delivery;
import org.postrider.storage.DeliveryQueue.Peer;
import org.postrider.storage.DeliveryQueue.Settlement;
import org.postrider.storage.DeliveryQueue.State;
import org.postrider.storage.QueueEntryId;
import org.postrider.storage.StagedContent;

/** Operations on mail in the queue, while nothing is brought out. */
class QueueOperationsTest {
  private static final Peer PEER = new Peer("mx.two.test", "TLSv1.3 TLS_AES_256_GCM_SHA384");

  @TempDir Path data;

  private TestServer server;
  private long letter;
  private long report;

  /** A message to three recipients, of which one was refused, and a report that was. */
  @BeforeEach
  void start() throws Exception {
    server = new TestServer(data);
    letter = queue("alice@example.org", "a@one.test", "b@two.test", "c@two.test");
    report = queue("", "x@two.test");
    server.store().queue().lease("test", Duration.ofMinutes(1), 100, List.of("one.test"));
    settle(letter, 1, State.WAITING, "451 later");
    settle(letter, 2, null, "250 ok");
    settle(report, 0, State.FAILED, "550 no such user");
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private long queue(String sender, String... recipients) {
    byte[] message =
        ("From: a@example.org\r\nMessage-ID: <" + recipients.length + "@example.org>\r\n\r\n.\r\n")
            .getBytes(StandardCharsets.US_ASCII);
    try (ContentWriter writer = server.store().contents().write()) {
      writer.write(message, 0, message.length);
      try (StagedContent content = writer.finish()) {
        List<Delivery.Remote> remote = Stream.of(recipients).map(Delivery.Remote::new).toList();
        return server
            .store()
            .queue()
            .deliver(new Delivery(content, sender, List.of(), remote, "RET=HDRS", 1, "s", null))
            .queueEntry()
            .value();
      }
    }
  }

  private void settle(long entry, int recipient, @Nullable State state, String reply) {
    long next = System.currentTimeMillis() + 3_600_000;
    Settlement settlement =
        new Settlement(
            new QueueEntryId(entry), recipient, state, next, reply, false, "tried", PEER);
    server.store().queue().settle("test", List.of(settlement));
  }

  private <R extends Record> R execute(Operation<R> operation) throws Refusal {
    return new ControlClient(TestServer.installation(data), ControlLimits.defaults())
        .execute(operation, Progress.NONE);
  }

  private List<String> list(QueueFilter filter) throws Refusal {
    return execute(new QueueList(filter, 100)).recipients().stream()
        .map(QueueList.Waiting::recipient)
        .toList();
  }

  private static QueueFilter error(String text) {
    return new QueueFilter(null, null, null, null, null, null, text, false);
  }

  private static QueueFilter dead() {
    return new QueueFilter(null, null, null, null, null, null, null, true);
  }

  @Test
  void filters() throws Exception {
    assertThat(list(QueueFilter.ALL)).containsExactly("a@one.test", "b@two.test", "x@two.test");
    assertThat(list(error("LATER"))).containsExactly("b@two.test");
    assertThat(list(error("mx.two.test: 5"))).containsExactly("x@two.test");
    assertThat(list(dead())).containsExactly("x@two.test");
    Instant now = Instant.now();
    assertThat(
            list(
                new QueueFilter(
                    null, null, null, "two.test", now.minusSeconds(60), now, null, false)))
        .containsExactly("b@two.test", "x@two.test");
    assertThat(
            list(new QueueFilter(null, null, null, null, now.plusSeconds(60), null, null, false)))
        .isEmpty();
    assertThat(
            list(new QueueFilter(null, "<>", null, null, null, now.minusSeconds(60), null, false)))
        .isEmpty();
  }

  @Test
  void showHasAllThatWasTried() throws Exception {
    QueueShow.Reply reply = execute(new QueueShow(letter));
    assertThat(reply.options()).isEqualTo("RET=HDRS");
    assertThat(reply.recipients())
        .extracting(QueueShow.Destination::recipient, QueueShow.Destination::reply)
        .containsExactly(tuple("a@one.test", ""), tuple("b@two.test", "mx.two.test: 451 later"));
    assertThat(reply.events())
        .as("also of who is gone")
        .extracting("recipient", "attempt", "host", "tls", "reply")
        .containsExactly(
            tuple("b@two.test", 1, PEER.host(), PEER.tls(), "451 later"),
            tuple("c@two.test", 1, PEER.host(), PEER.tls(), "250 ok"));
  }

  @Test
  void deadLettersAreTriedAgainOrRemoved() throws Exception {
    assertThat(execute(new QueueChange("bounce", null, dead())))
        .as("nobody can be told")
        .isEqualTo(new QueueChange.Reply(0, 1));
    assertThat(execute(new QueueChange("retry", null, dead())))
        .isEqualTo(new QueueChange.Reply(1, 0));
    assertThat(list(dead())).isEmpty();
    server.store().queue().lease("test", Duration.ofMinutes(1), 100, List.of("one.test"));
    settle(report, 0, State.FAILED, "550 still not");
    assertThat(execute(new QueueChange("cancel", null, dead())))
        .isEqualTo(new QueueChange.Reply(1, 0));
    assertThatThrownBy(() -> execute(new QueueShow(report)))
        .isInstanceOf(Refusal.class)
        .hasMessageContaining("has left the queue: `postrider trace " + report);
    assertThat(execute(new Trace(String.valueOf(report), null)).messages())
        .singleElement()
        .satisfies(life -> {
          assertThat(life.messageId()).isEqualTo("1@example.org");
          assertThat(life.waiting()).isEmpty();
          assertThat(life.events())
              .extracting("kind", "attempt")
              .containsExactly(
                  tuple("tried", 1), tuple("retry", 0), tuple("tried", 2), tuple("cancel", 0));
        });
  }

  @Test
  void aPartOfAMessageIsChanged() throws Exception {
    QueueFilter two = new QueueFilter(letter, null, null, "two.test", null, null, null, false);
    assertThat(execute(new QueueChange("route", "[::1]:2525", two)))
        .isEqualTo(new QueueChange.Reply(1, 0));
    assertThat(execute(new QueueShow(letter)).recipients())
        .extracting(QueueShow.Destination::route)
        .containsExactly("", "[::1]:2525");
    assertThat(execute(new QueueChange("route", null, two)).changed()).isOne();
    assertThat(execute(new QueueShow(letter)).recipients())
        .extracting(QueueShow.Destination::route)
        .containsOnly("");
  }
}
