package org.postrider.smtp.relay;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.util.HexFormat;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.postrider.smtp.relay.RelaySettings.Dnssec;
import org.postrider.smtp.relay.RelaySettings.Tls;
import org.xbill.DNS.Type;

/** Certificates that the DNS names (RFC 7672), in a zone that is really signed. */
class DaneTest extends RelayFixture {
  private static final String HOST = "mail.signed.test";

  @TempDir private Path directory;
  private TestAuthority authority;

  @BeforeEach
  void signedZone() throws IOException {
    authority = new TestAuthority(directory);
    Path anchors = directory.resolve("anchors.zone");
    dns.sign("signed.test", anchors);
    domain("signed.test");
    domain("unsigned.test");
    tls = new Tls(Map.of(), null, Dnssec.VALIDATE, anchors, false, 443, null);
  }

  private ScriptedPeer peerWith(String name) throws IOException {
    return peer(ScriptedPeer.accepting("STARTTLS"), authority.host(name).context());
  }

  private void tlsa(ScriptedPeer peer, String host, String data) throws IOException {
    dns.add("_" + peer.port() + "._tcp." + host, Type.TLSA, data);
  }

  private static String data(int usage, int selector, int matching, X509Certificate certificate)
      throws GeneralSecurityException {
    byte[] octets =
        selector == 0 ? certificate.getEncoded() : certificate.getPublicKey().getEncoded();
    byte[] said =
        switch (matching) {
          case 1 -> MessageDigest.getInstance("SHA-256").digest(octets);
          case 2 -> MessageDigest.getInstance("SHA-512").digest(octets);
          default -> octets;
        };
    return usage + " " + selector + " " + matching + " " + HexFormat.of().formatHex(said);
  }

  @ParameterizedTest
  @CsvSource({"3,1,1", "3,0,2", "3,1,0", "2,0,1", "2,1,2"})
  void mailGoesToTheHostThatTheRecordsName(int usage, int selector, int matching)
      throws IOException, GeneralSecurityException {
    TestAuthority.Host host = authority.host(HOST);
    ScriptedPeer peer = peer(ScriptedPeer.accepting("STARTTLS"), host.context());
    X509Certificate named = usage == 3 ? host.certificate() : authority.certificate();
    tlsa(peer, HOST, data(3, 1, 1, authority.certificate())); // one of several suffices
    tlsa(peer, HOST, data(usage, selector, matching, named));
    relay(peer.port(), Map.of());
    send("bob@signed.test");
    awaitEmptyQueue();
    assertThat(peer.messages()).hasSize(1);
    assertThat(peer.handshakes()).isEqualTo(1);
  }

  @Test
  void theNameInTheHostsOwnCertificateDoesNotCount() throws Exception {
    TestAuthority.Host host = authority.host("other.test");
    ScriptedPeer peer = peer(ScriptedPeer.accepting("STARTTLS"), host.context());
    tlsa(peer, HOST, data(3, 1, 1, host.certificate()));
    relay(peer.port(), Map.of());
    send("bob@signed.test");
    awaitEmptyQueue();
    assertThat(peer.messages()).hasSize(1);
  }

  @Test
  void theNameInACertificateOfANamedAuthorityCounts() throws Exception {
    ScriptedPeer peer = peerWith("other.test");
    tlsa(peer, HOST, data(2, 0, 1, authority.certificate()));
    relay(peer.port(), Map.of());
    assertThat(awaitDeferred(send("bob@signed.test"), 1)).contains("cannot be trusted");
    assertThat(peer.messages()).isEmpty();
  }

  @Test
  void anotherHostGetsNoMailNorDoesOneWithoutTls() throws Exception {
    ScriptedPeer peer = peerWith(HOST);
    tlsa(peer, HOST, data(3, 1, 1, authority.certificate()));
    relay(peer.port(), Map.of());
    assertThat(awaitDeferred(send("bob@signed.test"), 1)).contains("cannot be trusted");
    assertThat(peer.messages()).isEmpty();
    assertThat(peer.heard()).doesNotContain("MAIL FROM:<alice@example.org>");
  }

  @Test
  void recordsThatCannotBeUsedDemandTlsAllTheSame() throws Exception {
    ScriptedPeer plain = peer(ScriptedPeer.accepting());
    tlsa(plain, HOST, data(1, 0, 1, authority.certificate()));
    relay(plain.port(), Map.of());
    assertThat(awaitDeferred(send("bob@signed.test"), 1)).contains("does not offer STARTTLS");
    assertThat(plain.messages()).isEmpty();
  }

  @Test
  void aForgedAnswerKeepsMailBack() throws Exception {
    ScriptedPeer peer = peerWith(HOST);
    tlsa(peer, HOST, data(3, 1, 1, authority.certificate()));
    dns.forge("_" + peer.port() + "._tcp." + HOST);
    relay(peer.port(), Map.of());
    assertThat(awaitDeferred(send("bob@signed.test"), 1)).contains("TLSA records of " + HOST);
    assertThat(peer.messages()).isEmpty();
  }

  @Test
  void whereNothingIsProvedOrSaidTlsIsAsOffered() throws Exception {
    ScriptedPeer plain = peer(ScriptedPeer.accepting());
    tlsa(plain, "mail.unsigned.test", data(3, 1, 1, authority.certificate()));
    relay(plain.port(), Map.of());
    send("bob@unsigned.test", "bob@signed.test");
    awaitEmptyQueue();
    assertThat(plain.messages()).hasSize(2);
  }

  @Test
  void theWordOfATrustedNameServerIsTaken() throws Exception {
    dns.claimSecure();
    tls = new Tls(Map.of(), null, Dnssec.TRUST_RESOLVER, null, false, 443, null);
    TestAuthority.Host host = authority.host(HOST);
    ScriptedPeer peer = peer(ScriptedPeer.accepting("STARTTLS"), host.context());
    ScriptedPeer forger = peer(ScriptedPeer.accepting());
    tlsa(peer, HOST, data(3, 1, 1, host.certificate()));
    relay(peer.port(), Map.of());
    send("bob@signed.test");
    awaitEmptyQueue();
    assertThat(peer.handshakes()).isEqualTo(1);
    assertThat(forger.messages()).isEmpty();
  }
}
