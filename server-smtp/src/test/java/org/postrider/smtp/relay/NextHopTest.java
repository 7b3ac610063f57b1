package org.postrider.smtp.relay;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.Type;

/** Where mail goes: MX, addresses, and what the DNS says for good. */
class NextHopTest extends RelayFixture {
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
}
