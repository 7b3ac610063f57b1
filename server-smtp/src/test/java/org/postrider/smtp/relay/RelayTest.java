package org.postrider.smtp.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postrider.auth.AuthSettings;
import org.postrider.auth.Authenticator;
import org.postrider.auth.CredentialSource;
import org.postrider.auth.StoredCredential;
import org.postrider.smtp.SmtpFrontEnd;
import org.postrider.smtp.SmtpSettings;
import org.postrider.smtp.relay.RelaySettings.Route;
import org.postrider.smtp.relay.RelaySettings.Security;
import org.postrider.storage.Account;
import org.postrider.storage.ContentWriter;
import org.postrider.storage.Delivery;
import org.postrider.storage.DeliveryQueue.Entry;
import org.postrider.storage.DeliveryQueue.State;
import org.postrider.storage.MailboxId;
import org.postrider.storage.MessageEntry;
import org.postrider.storage.QueueEntryId;
import org.postrider.storage.StagedContent;
import org.postrider.storage.Store;
import org.postrider.storage.StoreSettings;
import org.postrider.wire.ListenerSpec;
import org.postrider.wire.SelfSignedCertificate;
import org.postrider.wire.WireLimits;
import org.postrider.wire.WireServer;
import org.xbill.DNS.Type;

class RelayTest {
  private static final String HOSTNAME = "mx.example.org";
  private static final String MESSAGE =
      "Return-Path: <alice@example.org>\r\nDelivery-Date: Mon, 2 Mar 2026 10:11:12 +0000\r\n"
          + "From: alice@example.org\r\nSubject: out\r\n\r\n.one dot\r\nline\r\n";

  /** A clock that the test moves. */
  private static final class MovedClock extends Clock {
    private volatile Instant now = Instant.parse("2026-03-02T10:00:00Z");

    @Override
    public Instant instant() {
      return now;
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }
  }

  private static final class Nobody implements CredentialSource {
    @Override
    public Optional<Found> find(String login) {
      return Optional.empty();
    }

    @Override
    public void upgrade(long account, StoredCredential credential) {
      throw new AssertionError("nobody logs in");
    }
  }

  private final MovedClock clock = new MovedClock();
  private final List<AutoCloseable> opened = new ArrayList<>();
  private Store store;
  private Account alice;
  private ZoneServer dns;
  private Relay relay;

  @BeforeEach
  void open() throws IOException {
    store = Store.open(StoreSettings.inMemory("relay-" + UUID.randomUUID()), clock);
    alice = store.directory().createAccount("alice@example.org", "");
    dns = ZoneServer.start();
    opened.add(dns);
  }

  @AfterEach
  void close() throws Exception {
    if (relay != null) {
      relay.close();
    }
    for (AutoCloseable each : opened) {
      each.close();
    }
    store.close();
  }

  private ScriptedPeer peer(ScriptedPeer.Script script) throws IOException {
    ScriptedPeer peer = ScriptedPeer.start(script);
    opened.add(peer);
    return peer;
  }

  /** The relay, whose mail goes to that port of loopback unless the DNS says otherwise. */
  private void relay(int port, Map<String, Route> routes) throws IOException {
    RelaySettings defaults = RelaySettings.defaults(HOSTNAME);
    relay =
        Relay.start(
            store,
            new RelaySettings(
                HOSTNAME,
                defaults.retries(),
                defaults.giveUpAfter(),
                defaults.delayNoticeAfter(),
                null,
                routes,
                dns.address(),
                null,
                port,
                Duration.ofSeconds(5),
                Duration.ofSeconds(10),
                Duration.ofSeconds(10),
                20,
                4,
                100),
            clock);
  }

  private static Route to(ScriptedPeer peer) {
    return new Route("127.0.0.1", peer.port(), Security.OPPORTUNISTIC, "", "");
  }

  /** A domain whose mail host is on loopback. */
  private void domain(String name) throws IOException {
    dns.add(name, Type.MX, "10 mail." + name + ".");
    dns.add("mail." + name, Type.A, "127.0.0.1");
  }

  private QueueEntryId submit(String from, String message, String options, String... recipients) {
    byte[] bytes = message.getBytes(StandardCharsets.UTF_8);
    List<Delivery.Remote> remote = Stream.of(recipients).map(RelayTest::recipient).toList();
    try (ContentWriter writer = store.contents().write()) {
      writer.write(bytes, 0, bytes.length);
      try (StagedContent content = writer.finish()) {
        return store
            .queue()
            .deliver(new Delivery(content, from, List.of(), remote, options, 1, "s", alice.id()))
            .queueEntry();
      }
    }
  }

  /** {@code address parameters} */
  private static Delivery.Remote recipient(String text) {
    String[] words = text.split(" ", 2);
    return new Delivery.Remote(words[0], words.length > 1 ? words[1] : "");
  }

  private QueueEntryId send(String... recipients) {
    return submit("alice@example.org", MESSAGE, "", recipients);
  }

  private List<Entry> queue() {
    return store.queue().list(new QueueEntryId(0), 1000);
  }

  private void awaitEmptyQueue() {
    await().atMost(Duration.ofSeconds(20)).until(() -> queue().isEmpty());
  }

  /** Waits until the attempt with that number is over. */
  private String awaitDeferred(QueueEntryId id, int attempts) {
    await()
        .atMost(Duration.ofSeconds(20))
        .until(() ->
            store.queue().find(id).stream()
                .flatMap(entry -> entry.recipients().stream())
                .anyMatch(r -> r.state() == State.WAITING && r.attempts() == attempts));
    return store.queue().find(id).orElseThrow().recipients().getFirst().lastReply();
  }

  private void pass(Duration time) {
    clock.now = clock.now.plus(time);
    relay.wake();
  }

  /** The messages in Alice's INBOX. */
  private List<String> inbox() {
    return inbox(store, alice);
  }

  private static List<String> inbox(Store store, Account account) {
    MailboxId inbox = store.mailboxes().find(account.id(), "INBOX").orElseThrow().id();
    List<MessageEntry> entries = new ArrayList<>();
    List<String> messages = new ArrayList<>();
    try {
      store.messages().scan(inbox, 1, Long.MAX_VALUE, entries::add);
      for (MessageEntry entry : entries) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        store.contents().copy(entry.content(), 0, Long.MAX_VALUE, bytes);
        messages.add(bytes.toString(StandardCharsets.UTF_8));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return messages;
  }

  @Test
  void findsTheHostByMxAndSendsWithoutTheFieldsOfFinalDelivery() throws IOException {
    ScriptedPeer peer = peer(ScriptedPeer.accepting("PIPELINING", "SIZE 1000000", "8BITMIME"));
    domain("remote.test");
    relay(peer.port(), Map.of());
    send("bob@remote.test", "carol@Remote.test");
    awaitEmptyQueue();
    assertThat(peer.messages())
        .containsExactly("From: alice@example.org\r\nSubject: out\r\n\r\n..one dot\r\nline\r\n");
    assertThat(peer.heard())
        .contains(
            "MAIL FROM:<alice@example.org> SIZE=57",
            "RCPT TO:<bob@remote.test>",
            "RCPT TO:<carol@Remote.test>");
    assertThat(inbox()).isEmpty();
  }

  @Test
  void speaksWithAServerThatKnowsNoExtension() throws IOException {
    ScriptedPeer peer =
        peer(command ->
            command.startsWith("EHLO") ? "502 what?\r\n" : ScriptedPeer.accepting().reply(command));
    domain("old.test");
    relay(peer.port(), Map.of());
    send("bob@old.test");
    awaitEmptyQueue();
    assertThat(peer.heard()).contains("HELO " + HOSTNAME, "MAIL FROM:<alice@example.org>");
    assertThat(peer.messages()).hasSize(1);
  }

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
  void whatTheDnsSaysForGoodComesBackAtOnce() throws IOException {
    relay(1, Map.of());
    dns.add("null.test", Type.MX, "0 .");
    dns.add("loop.test", Type.MX, "10 mx.example.org.");
    dns.add("loop.test", Type.MX, "20 other.test.");
    dns.add("hollow.test", Type.MX, "10 nowhere.test.");
    send("a@null.test", "b@gone.test", "c@loop.test", "d@hollow.test");
    awaitEmptyQueue();
    String reports = String.join("\n", inbox());
    assertThat(reports)
        .contains("rfc822; a@null.test\r\nAction: failed\r\nStatus: 5.1.10")
        .contains("rfc822; b@gone.test\r\nAction: failed\r\nStatus: 5.1.2")
        .contains("rfc822; c@loop.test\r\nAction: failed\r\nStatus: 5.4.6")
        .contains("rfc822; d@hollow.test\r\nAction: failed\r\nStatus: 5.4.4");
  }

  @Test
  void noAnswerFromTheDnsIsTriedAgain() throws IOException {
    dns.fail("shaky.test");
    relay(1, Map.of());
    assertThat(awaitDeferred(send("a@shaky.test"), 1)).contains("no answer about shaky.test");
  }

  @Test
  void theDomainItselfIsTheHostWhenItHasNoMx() throws IOException {
    ScriptedPeer peer = peer(ScriptedPeer.accepting());
    dns.add("plain.test", Type.A, "127.0.0.1");
    relay(peer.port(), Map.of());
    send("bob@plain.test", "bob@[127.0.0.1]");
    awaitEmptyQueue();
    assertThat(peer.messages()).hasSize(2);
  }

  @Test
  void theNextHostIsTriedWhenTheFirstDoesNotWantUs() throws IOException {
    AtomicInteger refused = new AtomicInteger();
    ScriptedPeer peer =
        peer(command -> {
          if (command.equals("greeting") && refused.getAndIncrement() == 0) {
            return "554 5.3.2 go away\r\n";
          }
          return ScriptedPeer.accepting().reply(command);
        });
    dns.add("two.test", Type.MX, "10 a.two.test.");
    dns.add("two.test", Type.MX, "20 b.two.test.");
    dns.add("a.two.test", Type.A, "127.0.0.1");
    dns.add("b.two.test", Type.A, "127.0.0.1");
    relay(peer.port(), Map.of());
    send("bob@two.test");
    awaitEmptyQueue();
    assertThat(peer.messages()).hasSize(1);
    assertThat(inbox()).isEmpty();
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
  void whatTheOtherServerCannotTakeComesBack() throws IOException {
    ScriptedPeer peer = peer(ScriptedPeer.accepting("SIZE 500"));
    domain("small.test");
    relay(peer.port(), Map.of());
    String header = "From: alice@example.org\r\nSubject: x\r\n\r\n";
    submit("alice@example.org", header + "é\r\n", "BODY=8BITMIME", "a@small.test");
    submit("alice@example.org", header + "a".repeat(600) + "\r\n", "", "b@small.test");
    submit("alice@example.org", header, "SMTPUTF8", "jürgen@small.test");
    awaitEmptyQueue();
    assertThat(peer.messages()).isEmpty();
    String reports = String.join("\n", inbox());
    assertThat(reports)
        .contains("a@small.test\r\nAction: failed\r\nStatus: 5.6.3")
        .contains("b@small.test\r\nAction: failed\r\nStatus: 5.3.4")
        .contains("utf-8; jürgen@small.test\r\nAction: failed\r\nStatus: 5.6.7");
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
  void connectionsAreUsedAgainAndAnUnreachableDestinationHoldsUpNobody() throws IOException {
    ScriptedPeer dead = peer(command -> "421 4.3.2 closed\r\n");
    ScriptedPeer live = peer(ScriptedPeer.accepting("PIPELINING"));
    relay(1, Map.of("dead.test", to(dead), "live.test", to(live)));
    for (int i = 0; i < 300; i++) {
      send("u" + i + "@dead.test");
    }
    for (int i = 0; i < 50; i++) {
      send("u" + i + "@live.test");
    }
    await().atMost(Duration.ofSeconds(20)).until(() -> live.messages().size() == 50);
    await()
        .atMost(Duration.ofSeconds(20))
        .until(() ->
            queue().stream()
                .allMatch(entry -> entry.recipients().getFirst().state() == State.WAITING));
    assertThat(queue()).hasSize(300);
    assertThat(live.connections()).isLessThanOrEqualTo(8);
    assertThat(dead.connections()).as("found out once, not for each message").isLessThan(30);
  }

  @Test
  void mailGoesOverStartTlsWhereItIsOfferedWhoeverHoldsTheCertificate(@TempDir Path directory)
      throws IOException {
    try (Store remote =
        Store.open(StoreSettings.inMemory("remote-" + UUID.randomUUID()), Clock.systemUTC())) {
      remote.directory().addDomain("tls.test");
      Account bob = remote.directory().createAccount("bob@tls.test", "");
      try (WireServer server =
          WireServer.start(
              List.of(
                  new ListenerSpec(
                      "mx",
                      new InetSocketAddress("127.0.0.1", 0),
                      false,
                      new SmtpFrontEnd(
                          SmtpSettings.defaults("mail.tls.test", SmtpSettings.Role.MX),
                          remote,
                          new Authenticator(
                              new Nobody(), AuthSettings.defaults(), Clock.systemUTC()),
                          Clock.systemUTC()),
                      "421 4.3.2 busy\r\n")),
              WireLimits.defaults(),
              SelfSignedCertificate.ensure(directory, List.of("other.test")))) {
        domain("tls.test");
        relay(server.addresses().get("mx").getPort(), Map.of());
        send("bob@tls.test", "nobody@tls.test");
        awaitEmptyQueue();
        assertThat(inbox(remote, bob))
            .singleElement()
            .satisfies(message ->
                assertThat(message)
                    .contains("Return-Path: <alice@example.org>", "with ESMTPS id", "\ttls TLS_")
                    .contains("\r\n.one dot\r\n")
                    .containsOnlyOnce("Return-Path:"));
        assertThat(inbox())
            .singleElement()
            .satisfies(report ->
                assertThat(report).contains("nobody@tls.test\r\nAction: failed\r\nStatus: 5.1.1"));
      }
    }
  }

  @Test
  void aRouteThatWantsAVerifiedCertificateGetsNoMailToAnother() throws IOException {
    ScriptedPeer plain = peer(ScriptedPeer.accepting());
    Route route = new Route("127.0.0.1", plain.port(), Security.STARTTLS, "", "");
    relay(1, Map.of("strict.test", route));
    assertThat(awaitDeferred(send("bob@strict.test"), 1)).contains("does not offer STARTTLS");
    assertThat(plain.messages()).isEmpty();
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
}
