package org.postrider.smtp.relay;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postrider.smtp.relay.RelaySettings.Dnssec;
import org.postrider.smtp.relay.RelaySettings.Tls;
import org.postrider.storage.QueueEntryId;
import org.xbill.DNS.Type;

/** Policies that domains publish over HTTPS (RFC 8461), from a real web server. */
class MtaStsTest extends RelayFixture {
  @TempDir private Path directory;
  private final AtomicInteger fetches = new AtomicInteger();
  private TestAuthority authority;
  private volatile String policy = "";
  private volatile int status = 200;
  private HttpsServer web;

  @BeforeEach
  void webServer() throws IOException {
    authority = new TestAuthority(directory);
    web = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    web.setHttpsConfigurator(new HttpsConfigurator(authority.host("mta-sts.sts.test").context()));
    web.createContext(
        "/.well-known/mta-sts.txt",
        exchange -> {
          fetches.incrementAndGet();
          byte[] body = policy.getBytes(StandardCharsets.UTF_8);
          exchange.getResponseHeaders().set("Content-Type", "text/plain");
          exchange.sendResponseHeaders(status, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    web.start();
    opened.add(() -> web.stop(0));
    tls =
        new Tls(
            Map.of(),
            authority.file(),
            Dnssec.OFF,
            null,
            true,
            web.getAddress().getPort(),
            directory.resolve("policies"));
    domain("sts.test");
    dns.add("_mta-sts.sts.test", Type.TXT, "\"v=STSv1; id=20260302;\"");
  }

  private static String policy(String mode, String host) {
    return "version: STSv1\r\nmode: " + mode + "\r\nmx: " + host + "\r\nmax_age: 604800\r\n";
  }

  private ScriptedPeer peerWith(String name) throws IOException {
    return peer(ScriptedPeer.accepting("STARTTLS"), authority.host(name).context());
  }

  @Test
  void mailGoesToAHostOfThePolicyWithItsCertificateAndThePolicyIsFetchedOnce() throws IOException {
    policy = policy("enforce", "*.sts.test");
    ScriptedPeer peer = peerWith("mail.sts.test");
    relay(peer.port(), Map.of());
    send("bob@sts.test");
    awaitEmptyQueue();
    send("bob@sts.test");
    awaitEmptyQueue();
    assertThat(peer.messages()).hasSize(2);
    assertThat(peer.handshakes()).isPositive();
    assertThat(fetches).hasValue(1);
  }

  @Test
  void aHostWithAnothersCertificateGetsNoMail() throws IOException {
    policy = policy("enforce", "mail.sts.test");
    ScriptedPeer peer = peerWith("other.test");
    relay(peer.port(), Map.of());
    assertThat(awaitDeferred(send("bob@sts.test"), 1)).contains("cannot be trusted");
    assertThat(peer.messages()).isEmpty();
  }

  @Test
  void aHostThatThePolicyDoesNotNameGetsNoMail() throws IOException {
    policy = policy("enforce", "mx.sts.test");
    ScriptedPeer peer = peerWith("mail.sts.test");
    relay(peer.port(), Map.of());
    assertThat(awaitDeferred(send("bob@sts.test"), 1))
        .isEqualTo("mail.sts.test is no mail host by the MTA-STS policy of sts.test");
    assertThat(peer.connections()).isZero();
  }

  @Test
  void aPolicyThatIsBeingTestedKeepsNothingBack() throws IOException {
    policy = policy("testing", "mx.sts.test");
    ScriptedPeer peer = peer(ScriptedPeer.accepting());
    relay(peer.port(), Map.of());
    send("bob@sts.test");
    awaitEmptyQueue();
    assertThat(peer.messages()).hasSize(1);
    assertThat(fetches).hasValue(1);
  }

  @Test
  void aPolicyHoldsOverARestartWhileItsWebServerIsDownUntilItIsTooOld() throws IOException {
    policy = policy("enforce", "mail.sts.test");
    ScriptedPeer peer = peer(ScriptedPeer.accepting());
    relay(peer.port(), Map.of());
    QueueEntryId bob = send("bob@sts.test");
    assertThat(awaitDeferred(bob, 1)).contains("does not offer STARTTLS");
    relay.close();
    status = 503;
    relay(peer.port(), Map.of());
    pass(Duration.ofDays(2));
    assertThat(awaitDeferred(send("carol@sts.test"), 1)).contains("does not offer STARTTLS");
    awaitDeferred(bob, 2);
    assertThat(fetches.get()).isGreaterThan(1);
    pass(Duration.ofDays(6)); // 604,800 seconds are over
    send("dave@sts.test");
    awaitEmptyQueue();
    assertThat(String.join("", peer.heard())).contains("dave@sts.test");
  }

  @Test
  void aPolicyFromSomebodyElseIsNone() throws IOException {
    policy = policy("enforce", "mail.sts.test");
    tls = new Tls(Map.of(), null, Dnssec.OFF, null, true, tls.mtaStsPort(), null);
    ScriptedPeer peer = peer(ScriptedPeer.accepting());
    relay(peer.port(), Map.of());
    send("bob@sts.test");
    awaitEmptyQueue();
    assertThat(peer.messages()).hasSize(1);
    assertThat(fetches).hasValue(0);
  }

  @Test
  void policiesAreReadAsTheRfcSays() {
    assertThat(MtaStsPolicy.parse(policy("enforce", "*.Sts.test")).orElseThrow())
        .satisfies(read -> {
          assertThat(read.names("mail.sts.test")).isTrue();
          assertThat(read.names("a.mail.sts.test")).isFalse();
          assertThat(read.names("sts.test")).isFalse();
        });
    assertThat(MtaStsPolicy.parse("version: STSv1\nmode: none\nmax_age: 1\nnew: x\n")).isPresent();
    assertThat(MtaStsPolicy.parse("version: STSv1\nmode: enforce\nmax_age: 1\n")).isEmpty();
    assertThat(MtaStsPolicy.parse("version: STSv2\nmode: none\nmax_age: 1\n")).isEmpty();
    assertThat(MtaStsPolicy.parse("<html>")).isEmpty();
  }
}
