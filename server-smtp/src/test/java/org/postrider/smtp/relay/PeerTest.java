package org.postrider.smtp.relay;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.Test;

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
}
