package org.postrider.smtp.relay;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.Type;

/** What is said to other servers, by what they offer. */
class PeerTest extends RelayFixture {
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
  void whatTheOtherServerCannotTakeComesBack() throws IOException {
    ScriptedPeer peer = peer(ScriptedPeer.accepting("SIZE 500"));
    domain("small.test");
    relay(peer.port(), Map.of());
    String header = "From: alice@example.org\r\nSubject: x\r\n\r\n";
    submit("alice@example.org", "Subject: é\r\n" + header, "BODY=8BITMIME", "a@small.test");
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
  void limitsOfTheOtherServerAreKept() throws IOException {
    ScriptedPeer peer = peer(ScriptedPeer.accepting("PIPELINING", "LIMITS RCPTMAX=2 MAILMAX=2"));
    domain("few.test");
    connectionsPerDestination = 1;
    relay(peer.port(), Map.of());
    send("a@few.test", "b@few.test", "c@few.test", "d@few.test", "e@few.test");
    awaitEmptyQueue();
    assertThat(peer.messages()).hasSize(3);
    assertThat(peer.connections()).isEqualTo(2);
    assertThat(inbox()).isEmpty();
  }

  @Test
  void connectionsAreMadeFromTheAddressOfTheirKind() throws IOException {
    ScriptedPeer peer = peer(ScriptedPeer.accepting());
    domain("far.test");
    bindAddresses = List.of(InetAddress.ofLiteral("::1"), InetAddress.ofLiteral("127.0.0.2"));
    relay(peer.port(), Map.of());
    send("bob@far.test");
    awaitEmptyQueue();
    assertThat(peer.clients()).containsExactly(InetAddress.ofLiteral("127.0.0.2"));
  }

  @Test
  void allAddressesOfAHostAreTried() throws IOException {
    ScriptedPeer peer = peer(ScriptedPeer.accepting());
    dns.add("many.test", Type.MX, "10 mail.many.test.");
    dns.add("mail.many.test", Type.CNAME, "real.many.test.");
    dns.add("real.many.test", Type.AAAA, "::1"); // nobody listens there
    dns.add("real.many.test", Type.A, "127.0.0.3");
    dns.add("real.many.test", Type.A, "127.0.0.1");
    relay(peer.port(), Map.of());
    send("bob@many.test");
    awaitEmptyQueue();
    assertThat(peer.messages()).hasSize(1);
  }
}
