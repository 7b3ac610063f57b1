package org.postrider.smtp.relay;

import static org.awaitility.Awaitility.await;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.postrider.smtp.relay.RelaySettings.Dnssec;
import org.postrider.smtp.relay.RelaySettings.Route;
import org.postrider.smtp.relay.RelaySettings.Security;
import org.postrider.smtp.relay.RelaySettings.Tls;
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
import org.postrider.testkit.ZoneServer;
import org.xbill.DNS.Type;

/** A relay with its store, a name server and peers on loopback. */
abstract class RelayFixture {
  static final String HOSTNAME = "mx.example.org";
  static final String MESSAGE =
      "Return-Path: <alice@example.org>\r\nDelivery-Date: Mon, 2 Mar 2026 10:11:12 +0000\r\n"
          + "From: alice@example.org\r\nSubject: out\r\n\r\n.one dot\r\nline\r\n";

  /** A clock that the test moves. */
  static final class MovedClock extends Clock {
    private final AtomicInteger failures = new AtomicInteger();
    private volatile Instant now = Instant.parse("2026-03-02T10:00:00Z");

    /** Lets so many attempts of the relay end in a way that nobody thought of. */
    void failIn(int attempts) {
      failures.set(attempts);
    }

    @Override
    public Instant instant() {
      boolean worker = Thread.currentThread().isVirtual();
      if (worker && failures.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
        throw new IllegalStateException("made to fail");
      }
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

  final MovedClock clock = new MovedClock();
  final List<AutoCloseable> opened = new ArrayList<>();
  Store store;
  Account alice;
  ZoneServer dns;
  Relay relay;
  @Nullable Route smarthost;
  int connections = 20;
  int connectionsPerDestination = 4;
  List<InetAddress> bindAddresses = List.of();
  Tls tls = new Tls(Map.of(), null, Dnssec.OFF, null, false, 443, null);

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

  ScriptedPeer peer(ScriptedPeer.Script script, SSLContext context) throws IOException {
    ScriptedPeer peer = ScriptedPeer.start(script, context);
    opened.add(peer);
    return peer;
  }

  ScriptedPeer peer(ScriptedPeer.Script script) throws IOException {
    ScriptedPeer peer = ScriptedPeer.start(script);
    opened.add(peer);
    return peer;
  }

  /** The relay, whose mail goes to that port of loopback unless the DNS says otherwise. */
  void relay(int port, Map<String, Route> routes) throws IOException {
    RelaySettings defaults = RelaySettings.defaults(HOSTNAME);
    relay =
        Relay.start(
            store,
            new RelaySettings(
                HOSTNAME,
                defaults.retries(),
                defaults.giveUpAfter(),
                defaults.delayNoticeAfter(),
                smarthost,
                routes,
                dns.address(),
                bindAddresses,
                tls,
                port,
                Duration.ofSeconds(5),
                Duration.ofSeconds(10),
                Duration.ofSeconds(10),
                connections,
                connectionsPerDestination,
                100),
            clock);
  }

  static Route to(ScriptedPeer peer) {
    return new Route("127.0.0.1", peer.port(), Security.OPPORTUNISTIC, "", "");
  }

  /** A domain whose mail host is on loopback. */
  void domain(String name) throws IOException {
    dns.add(name, Type.MX, "10 mail." + name + ".");
    dns.add("mail." + name, Type.A, "127.0.0.1");
  }

  QueueEntryId submit(String from, String message, String options, String... recipients) {
    byte[] bytes = message.getBytes(StandardCharsets.UTF_8);
    List<Delivery.Remote> remote = Stream.of(recipients).map(RelayFixture::recipient).toList();
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
  static Delivery.Remote recipient(String text) {
    String[] words = text.split(" ", 2);
    return new Delivery.Remote(words[0], words.length > 1 ? words[1] : "");
  }

  QueueEntryId send(String... recipients) {
    return submit("alice@example.org", MESSAGE, "", recipients);
  }

  List<Entry> queue() {
    return store.queue().list(new QueueEntryId(0), 1000);
  }

  void awaitEmptyQueue() {
    await().atMost(Duration.ofSeconds(20)).until(() -> queue().isEmpty());
  }

  /** Waits until the attempt with that number is over. */
  String awaitDeferred(QueueEntryId id, int attempts) {
    await()
        .atMost(Duration.ofSeconds(20))
        .until(() ->
            store.queue().find(id).stream()
                .flatMap(entry -> entry.recipients().stream())
                .anyMatch(r -> r.state() == State.WAITING && r.attempts() == attempts));
    return store.queue().find(id).orElseThrow().recipients().getFirst().lastReply();
  }

  void pass(Duration time) {
    clock.now = clock.now.plus(time);
    relay.wake();
  }

  /** The messages in Alice's INBOX. */
  List<String> inbox() {
    return inbox(store, alice);
  }

  static List<String> inbox(Store store, Account account) {
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
}
