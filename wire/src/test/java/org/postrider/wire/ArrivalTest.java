package org.postrider.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Limits and the PROXY header. */
class ArrivalTest {
  private static final byte[] V2_SIGNATURE = {
    0x0D, 0x0A, 0x0D, 0x0A, 0x00, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A
  };

  @TempDir Path directory;

  /** Says who is there, then echoes lines. */
  private static final ConnectionHandler WHO =
      session -> {
        session
            .output()
            .writeLatin1(
                session.remoteAddress().getAddress().getHostAddress()
                    + " "
                    + session.isLoopback()
                    + "\r\n");
        while (true) {
          session.output().writeLatin1(session.input().readLine(200).latin1() + "\r\n");
        }
      };

  private static WireLimits limits(int max, int perAddress, String... trusted) {
    return new WireLimits(
        max,
        perAddress,
        Duration.ofSeconds(20),
        Duration.ofSeconds(20),
        Duration.ofSeconds(20),
        List.of(trusted));
  }

  @Test
  void proxyHeaderOfATrustedAddressTellsTheClient() throws Exception {
    try (TestServer server = TestServer.start(WHO, limits(100, 100, "127.0.0.0/8"))) {
      try (TestClient client = server.connect()) {
        client.send("PROXY TCP4 192.0.2.7 198.51.100.1 4711 25\r\nhello\r\n");
        assertThat(client.line()).isEqualTo("192.0.2.7 false");
        assertThat(client.line()).isEqualTo("hello");
      }
      try (TestClient client = server.connect()) {
        client.send("PROXY TCP6 2001:db8::7 2001:db8::1 4711 25\r\n");
        assertThat(client.line()).isEqualTo("2001:db8:0:0:0:0:0:7 false");
      }
      try (TestClient client = server.connect()) {
        client.send("PROXY TCP4 127.0.0.1 127.0.0.1 4711 25\r\n"); // never loopback behind a proxy
        assertThat(client.line()).isEqualTo("127.0.0.1 false");
      }
      try (TestClient client = server.connect()) {
        client.send("PROXY UNKNOWN\r\n");
        assertThat(client.line()).isEqualTo("127.0.0.1 false");
      }
      try (TestClient client = server.connect()) {
        for (byte octet : v2((byte) 0x21, new byte[] {(byte) 192, 0, 2, 9})) {
          client.send(new byte[] {octet});
        }
        assertThat(client.line()).isEqualTo("192.0.2.9 false");
        assertThat(client.send("hello\r\n").line()).isEqualTo("hello");
      }
      try (TestClient client = server.connect()) {
        client.send(v2((byte) 0x20, new byte[] {(byte) 192, 0, 2, 9})); // LOCAL
        assertThat(client.line()).isEqualTo("127.0.0.1 false");
      }
    }
  }

  @Test
  void proxyHeaderComesBeforeImplicitTls() throws Exception {
    try (TestServer server =
            TestServer.start(
                WHO,
                limits(100, 100, "127.0.0.1"),
                TestServer.certificate(directory),
                Natives.available());
        TestClient client = TestClient.connect(server.address("tls"))) {
      client.send("PROXY TCP4 192.0.2.7 198.51.100.1 4711 465\r\n");
      client.startTls();
      assertThat(client.line()).isEqualTo("192.0.2.7 false");
    }
  }

  @Test
  void aTrustedAddressMustSendAHeader() throws Exception {
    WireLimits patient = limits(100, 100, "127.0.0.0/8");
    WireLimits limits =
        new WireLimits(
            patient.connectionsMax(),
            patient.connectionsPerAddressMax(),
            patient.idleTimeout(),
            patient.writeTimeout(),
            Duration.ofMillis(300),
            patient.proxyTrusted());
    try (TestServer server = TestServer.start(WHO, limits);
        TestClient silent = server.connect();
        TestClient other = server.connect()) {
      other.send("EHLO client.example and some more to be sure of it\r\n");
      assertThat(other.rest()).isEmpty();
      assertThat(silent.rest()).isEmpty();
    }
  }

  @Test
  void fromOthersTheHeaderIsOrdinaryInput() throws Exception {
    try (TestServer server = TestServer.start(WHO, limits(100, 100, "192.0.2.0/24"));
        TestClient client = server.connect()) {
      client.send("PROXY TCP4 192.0.2.7 198.51.100.1 4711 25\r\n");
      assertThat(client.line()).isEqualTo("127.0.0.1 true");
      assertThat(client.line()).isEqualTo("PROXY TCP4 192.0.2.7 198.51.100.1 4711 25");
    }
  }

  @Test
  void overTheLimitOfConnectionsAClientIsToldAndClosed() throws Exception {
    try (TestServer server = TestServer.start(WHO, limits(2, 1));
        TestClient first = server.connect()) {
      assertThat(first.line()).isEqualTo("127.0.0.1 true");
      try (TestClient second = server.connect()) { // loopback has no limit of its own
        assertThat(second.line()).isEqualTo("127.0.0.1 true");
        assertThat(server.wire().connections()).containsEntry("plain", 2);
        try (TestClient third = server.connect()) {
          assertThat(third.rest()).isEqualTo(TestServer.BUSY);
        }
      }
      await()
          .untilAsserted(() -> assertThat(server.wire().connections()).containsEntry("plain", 1));
      try (TestClient again = server.connect()) {
        assertThat(again.line()).isEqualTo("127.0.0.1 true");
      }
    }
  }

  @Test
  void anAddressHasALimitOfItsOwnAndAnIpv6NetworkCountsAsOne() throws Exception {
    try (TestServer server = TestServer.start(WHO, limits(100, 1, "127.0.0.1"));
        TestClient first = from(server, "2001:db8:0:1::1")) {
      assertThat(first.line()).startsWith("2001:db8:0:1:");
      try (TestClient same = from(server, "2001:db8:0:1:ffff::2");
          TestClient other = from(server, "2001:db8:0:2::1")) {
        assertThat(same.rest()).isEqualTo(TestServer.BUSY);
        assertThat(other.line()).startsWith("2001:db8:0:2:");
      }
      first.socket.close();
      await()
          .untilAsserted(() -> {
            try (TestClient again = from(server, "2001:db8:0:1::3")) {
              assertThat(again.line()).startsWith("2001:db8:0:1:");
            }
          });
    }
  }

  @Test
  void limitsAreReconfiguredForNewConnections() throws Exception {
    try (TestServer server = TestServer.start(WHO, limits(1, 1));
        TestClient first = server.connect()) {
      assertThat(first.line()).isEqualTo("127.0.0.1 true");
      server.wire().reconfigure(limits(10, 10), null);
      try (TestClient second = server.connect()) {
        assertThat(second.line()).isEqualTo("127.0.0.1 true");
      }
      assertThatThrownBy(() -> server.wire().reconfigure(limits(1, 1, "proxy.example"), null))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("'proxy.example' is not an IP address or CIDR block");
    }
  }

  @Test
  void allListenersAreBoundOrNone() throws Exception {
    try (TestServer server = TestServer.start(WHO)) {
      InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
      List<ListenerSpec> specs =
          List.of(
              new ListenerSpec("imap", any, false, WHO, TestServer.BUSY),
              new ListenerSpec("smtp", server.address("plain"), false, WHO, TestServer.BUSY));
      assertThatThrownBy(() -> WireServer.start(specs, limits(1, 1), null))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("smtp")
          .hasMessageContaining(Integer.toString(server.address("plain").getPort()));
    }
  }

  private static TestClient from(TestServer server, String address) throws IOException {
    return server.connect().send("PROXY TCP6 " + address + " 2001:db8::1 4711 25\r\n");
  }

  private static byte[] v2(byte versionAndCommand, byte[] source) {
    ByteArrayOutputStream header = new ByteArrayOutputStream();
    header.writeBytes(V2_SIGNATURE);
    header.writeBytes(new byte[] {versionAndCommand, 0x11, 0, 12});
    header.writeBytes(source);
    header.writeBytes(new byte[] {(byte) 198, 51, 100, 1, 0x12, 0x34, 0, 25});
    assertThat(new String(V2_SIGNATURE, StandardCharsets.US_ASCII)).contains("QUIT");
    return header.toByteArray();
  }

  @Test
  void aPortThatIsTakenIsToldInWords() throws IOException {
    try (TestServer server = TestServer.start(WHO)) {
      List<ListenerSpec> again =
          List.of(new ListenerSpec("imap", server.address("plain"), false, WHO, TestServer.BUSY));
      assertThatThrownBy(() -> WireServer.start(again, TestServer.limits(), null))
          .isInstanceOf(IOException.class)
          .hasMessageStartingWith("cannot listen for imap on ")
          .hasMessageContaining("Address already in use");
    }
  }
}
