package org.postrider.smtp.relay;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postrider.smtp.relay.RelaySettings.Route;
import org.postrider.smtp.relay.RelaySettings.Security;
import org.postrider.wire.SelfSignedCertificate;
import org.postrider.wire.TlsSettings;

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
}
