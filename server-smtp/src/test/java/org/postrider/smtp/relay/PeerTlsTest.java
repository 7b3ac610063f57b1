package org.postrider.smtp.relay;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.postrider.smtp.relay.RelaySettings.Dnssec;
import org.postrider.smtp.relay.RelaySettings.Level;
import org.postrider.smtp.relay.RelaySettings.Route;
import org.postrider.smtp.relay.RelaySettings.Security;
import org.postrider.smtp.relay.RelaySettings.Tls;
import org.postrider.wire.SelfSignedCertificate;
import org.postrider.wire.TlsSettings;
import org.xbill.DNS.Type;

/** How connections are protected. */
class PeerTlsTest extends RelayFixture {
  @TempDir private Path directory;

  private PostriderPeer postrider(String domain, TlsSettings tls) throws IOException {
    PostriderPeer peer = new PostriderPeer(domain, tls);
    opened.add(peer);
    return peer;
  }

  @Test
  void mailGoesOverStartTlsWhereItIsOfferedWhoeverHoldsTheCertificate() throws IOException {
    PostriderPeer peer =
        postrider("tls.test", SelfSignedCertificate.ensure(directory, List.of("other.test")));
    domain("tls.test");
    relay(peer.port("mx"), Map.of());
    send("bob@tls.test", "nobody@tls.test");
    awaitEmptyQueue();
    assertThat(peer.messages())
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

  @Test
  void aRouteThatWantsAVerifiedCertificateGetsNoMailToAnother() throws IOException {
    ScriptedPeer plain = peer(ScriptedPeer.accepting());
    Route route = new Route("127.0.0.1", plain.port(), Security.STARTTLS, "", "");
    relay(1, Map.of("strict.test", route));
    assertThat(awaitDeferred(send("bob@strict.test"), 1)).contains("does not offer STARTTLS");
    assertThat(plain.messages()).isEmpty();
  }

  private void levels(@Nullable Path authorities, Map<String, Level> levels) {
    tls = new Tls(levels, authorities, Dnssec.OFF, null, false, 443, null);
  }

  @Test
  void whereTlsIsDemandedMailDoesNotGoInClear() throws IOException {
    ScriptedPeer plain = peer(ScriptedPeer.accepting());
    domain("plain.test");
    domain("other.test");
    levels(null, Map.of("plain.test", Level.REQUIRED));
    relay(plain.port(), Map.of());
    send("bob@other.test");
    assertThat(awaitDeferred(send("bob@plain.test"), 1))
        .isEqualTo("mail.plain.test does not offer STARTTLS");
    assertThat(plain.messages()).hasSize(1);
  }

  @Test
  void whereACertificateIsDemandedItMustBeTheHosts() throws IOException {
    TestAuthority authority = new TestAuthority(directory);
    PostriderPeer peer = postrider("tls.test", authority.host("mail.tls.test").files());
    domain("tls.test");
    dns.add("else.test", Type.MX, "10 mail.else.test.");
    dns.add("mail.else.test", Type.A, "127.0.0.1");
    levels(authority.file(), Map.of("*", Level.VERIFIED));
    relay(peer.port("mx"), Map.of());
    send("bob@tls.test");
    assertThat(awaitDeferred(send("bob@else.test"), 1)).contains("cannot be trusted");
    assertThat(peer.messages()).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource({"submission,STARTTLS", "submissions,TLS"})
  void theSmarthostTakesMailOverTlsForALogin(String listener, Security security)
      throws IOException {
    TestAuthority authority = new TestAuthority(directory);
    PostriderPeer peer = postrider("hub.test", authority.host("mail.hub.test").files());
    smarthost = new Route("mail.hub.test", peer.port(listener), security, "bob@hub.test", "secret");
    levels(authority.file(), Map.of());
    relay(1, Map.of());
    submit(
        "bob@hub.test", MESSAGE.replace("alice@example.org", "bob@hub.test"), "", "bob@hub.test");
    awaitEmptyQueue();
    assertThat(peer.messages())
        .singleElement()
        .satisfies(message -> assertThat(message).contains("with ESMTPSA id"));
  }

  @Test
  void aWrongPasswordForTheSmarthostIsTriedAgain() throws IOException {
    TestAuthority authority = new TestAuthority(directory);
    PostriderPeer peer = postrider("hub.test", authority.host("mail.hub.test").files());
    smarthost =
        new Route("mail.hub.test", peer.port("submissions"), Security.TLS, "bob@hub.test", "no");
    levels(authority.file(), Map.of());
    relay(1, Map.of());
    assertThat(awaitDeferred(send("bob@far.test"), 1)).contains("535 5.7.8");
  }
}
