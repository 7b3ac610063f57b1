package org.postrider.smtp.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postrider.smtp.relay.RelaySettings.Dnssec;
import org.postrider.smtp.relay.RelaySettings.Tls;
import org.postrider.storage.QueueEntryId;
import org.xbill.DNS.Type;

/** What senders say about TLS (RFC 8689). */
class RequireTlsTest extends RelayFixture {
  @TempDir private Path directory;
  private TestAuthority authority;

  @BeforeEach
  void signedZone() throws IOException {
    authority = new TestAuthority(directory);
    Path anchors = directory.resolve("anchors.zone");
    dns.sign("signed.test", anchors);
    domain("signed.test");
    domain("unsigned.test");
    tls = new Tls(Map.of(), authority.file(), Dnssec.VALIDATE, anchors, false, 443, null);
  }

  private ScriptedPeer peerOffering(String... extensions) throws IOException {
    TestAuthority.Host host = authority.host("mail.signed.test", "mail.unsigned.test");
    return peer(ScriptedPeer.accepting(extensions), host.context());
  }

  private QueueEntryId required(String recipient) {
    return submit("alice@example.org", MESSAGE, "REQUIRETLS", recipient);
  }

  @Test
  void itGoesToAnAuthenticatedHostThatKeepsToIt() throws IOException {
    ScriptedPeer peer = peerOffering("STARTTLS", "REQUIRETLS");
    relay(peer.port(), Map.of());
    required("bob@signed.test");
    awaitEmptyQueue();
    assertThat(peer.messages()).hasSize(1);
    assertThat(peer.handshakes()).isEqualTo(1);
    assertThat(peer.heard()).contains("MAIL FROM:<alice@example.org> REQUIRETLS");
    assertThat(inbox()).isEmpty();
  }

  @Test
  void itComesBackFromAHostThatDoesNotKnowIt() throws IOException {
    ScriptedPeer peer = peerOffering("STARTTLS");
    relay(peer.port(), Map.of());
    required("bob@signed.test");
    awaitEmptyQueue();
    assertThat(peer.messages()).isEmpty();
    assertThat(inbox())
        .singleElement()
        .satisfies(report ->
            assertThat(report).contains("bob@signed.test\r\nAction: failed\r\nStatus: 5.7.30"));
  }

  @Test
  void itComesBackWhenNothingProvesTheHost() throws IOException {
    ScriptedPeer peer = peerOffering("STARTTLS", "REQUIRETLS");
    relay(peer.port(), Map.of());
    required("bob@unsigned.test");
    awaitEmptyQueue();
    assertThat(peer.connections()).isZero();
    assertThat(inbox())
        .singleElement()
        .satisfies(report -> assertThat(report).contains("Status: 5.7.30"));
  }

  @Test
  void mailThatNeedsNoTlsPassesThePolicyThatKeepsOthersBack() throws Exception {
    ScriptedPeer plain = peer(ScriptedPeer.accepting());
    byte[] key = authority.certificate().getPublicKey().getEncoded();
    String digest = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(key));
    dns.add("_" + plain.port() + "._tcp.mail.signed.test", Type.TLSA, "3 1 1 " + digest);
    relay(plain.port(), Map.of());
    QueueEntryId waiting = send("bob@signed.test");
    assertThat(awaitDeferred(waiting, 1)).contains("does not offer STARTTLS");
    submit("alice@example.org", "TLS-Required: No\r\n" + MESSAGE, "", "carol@signed.test");
    submit("alice@example.org", "TLS-Required: No\r\n" + MESSAGE, "REQUIRETLS", "dave@signed.test");
    await().atMost(Duration.ofSeconds(20)).until(() -> plain.messages().size() == 1);
    assertThat(String.join("", plain.heard())).contains("carol@signed.test");
    assertThat(store.queue().find(waiting)).isPresent();
  }
}
