package org.postrider.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** TLS by both engines. */
class TlsTest {
  @TempDir Path directory;

  private static final ConnectionHandler HANDLER =
      session -> {
        while (true) {
          String line = session.input().readLine(100).latin1();
          switch (line) {
            case "STARTTLS" -> {
              session.output().writeLatin1("220 go\r\n");
              session.startTls();
            }
            case "TLS" -> session.output().writeLatin1(describe(session) + "\r\n");
            case "QUIT" -> {
              session.output().writeLatin1("221 bye\r\n");
              return;
            }
            default -> {
              if (line.startsWith("SEND ")) {
                byte[] octets = FlowTest.readFully(session, Integer.parseInt(line.substring(5)));
                session.output().write(octets, 0, octets.length);
              } else {
                session.output().writeLatin1("250 " + line + "\r\n");
              }
            }
          }
        }
      };

  private static String describe(Connection session) {
    TlsSession tls = session.tls();
    if (tls == null) {
      return "plaintext " + session.canStartTls();
    }
    byte[] exporter = tls.exporter();
    HexFormat hex = HexFormat.of();
    return String.join(
        " ",
        tls.protocol(),
        tls.cipherSuite(),
        hex.formatHex(tls.serverEndPoint()),
        exporter == null ? "none" : hex.formatHex(exporter),
        Boolean.toString(session.canStartTls()));
  }

  static Stream<Natives> engines() {
    assertThat(Natives.available().tls()).as("BoringSSL loads here").isTrue();
    return Stream.of(Natives.available(), Natives.NONE);
  }

  private TestServer start(Natives natives) throws IOException {
    return TestServer.start(
        HANDLER, TestServer.limits(), TestServer.certificate(directory), natives);
  }

  @ParameterizedTest
  @MethodSource("engines")
  void implicit(Natives natives) throws Exception {
    try (TestServer server = start(natives);
        TestClient client = server.connectTls()) {
      assertThat(client.send("a\r\nb\r\n").line()).isEqualTo("250 a");
      assertThat(client.line()).isEqualTo("250 b");
      assertThat(client.send("QUIT\r\n").rest()).isEqualTo("221 bye\r\n"); // with close_notify
    }
  }

  @ParameterizedTest
  @MethodSource("engines")
  void plaintextBehindStartTlsIsDiscarded(Natives natives) throws Exception {
    try (TestServer server = start(natives);
        TestClient client = server.connect()) {
      assertThat(client.send("TLS\r\n").line()).isEqualTo("plaintext true");
      client.send("STARTTLS\r\nINJECTED\r\nTLS\r\n");
      assertThat(client.line()).isEqualTo("220 go");
      client.startTls();
      assertThat(client.send("c\r\n").line()).isEqualTo("250 c");
    }
  }

  @ParameterizedTest
  @MethodSource("engines")
  void largeDataBothWays(Natives natives) throws Exception {
    byte[] octets = new byte[3_000_000];
    new Random(3).nextBytes(octets);
    try (TestServer server = start(natives);
        TestClient client = server.connectTls()) {
      client.send("SEND " + octets.length + "\r\n").send(octets);
      assertThat(client.octets(octets.length)).isEqualTo(octets);
    }
  }

  @ParameterizedTest
  @MethodSource("engines")
  void channelBindings(Natives natives) throws Exception {
    X509Certificate certificate =
        PemFiles.chain(TestServer.certificate(directory).certificateChain()).getFirst();
    byte[] hash = MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded());
    try (TestServer server = start(natives)) {
      for (String protocol : new String[] {"TLSv1.3", "TLSv1.2"}) {
        try (TestClient client = TestClient.connect(server.address("tls"))) {
          client.startTls(protocol);
          ExtendedSSLSession session =
              (ExtendedSSLSession) ((SSLSocket) client.socket).getSession();
          boolean exports = protocol.equals("TLSv1.3") && !natives.tls();
          String exporter =
              exports
                  ? HexFormat.of()
                      .formatHex(
                          session.exportKeyingMaterialData(
                              "EXPORTER-Channel-Binding", new byte[0], 32))
                  : "none";
          assertThat(client.send("TLS\r\n").line())
              .isEqualTo(
                  String.join(
                      " ",
                      protocol,
                      session.getCipherSuite(),
                      HexFormat.of().formatHex(hash),
                      exporter,
                      "false"));
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("engines")
  void whatIsNotTlsIsClosed(Natives natives) throws Exception {
    try (TestServer server = start(natives);
        TestClient implicit = TestClient.connect(server.address("tls"));
        TestClient started = server.connect()) {
      implicit.send("EHLO client.example\r\n");
      started.send("STARTTLS\r\n");
      assertThat(started.line()).isEqualTo("220 go");
      started.send("EHLO client.example\r\n");
      await().until(() -> server.wire().channels().isEmpty());
    }
  }

  @ParameterizedTest
  @MethodSource("engines")
  void aNewCertificateIsForNewConnections(Natives natives) throws Exception {
    Path other = Files.createDirectory(directory.resolve("other"));
    try (TestServer server = start(natives);
        TestClient before = server.connectTls();
        TestClient plain = server.connect()) {
      TlsSettings replacement = TestServer.certificate(other);
      for (int i = 0; i < 3; i++) {
        server.wire().reconfigure(TestServer.limits(), replacement);
      }
      try (TestClient after = server.connectTls()) {
        assertThat(served(after))
            .isEqualTo(PemFiles.chain(replacement.certificateChain()).getFirst());
      }
      assertThat(before.send("a\r\n").line()).isEqualTo("250 a");
      assertThat(plain.send("STARTTLS\r\n").line()).isEqualTo("220 go");
      plain.startTls(); // with the certificate of its arrival
      assertThat(served(plain)).isEqualTo(served(before));
      assertThatThrownBy(() ->
              server
                  .wire()
                  .reconfigure(
                      TestServer.limits(),
                      new TlsSettings(
                          replacement.certificateChain(), directory.resolve("key.pem"))))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("is not the key of");
      assertThatThrownBy(() -> server.wire().reconfigure(TestServer.limits(), null))
          .hasMessageContaining("tls needs a TLS certificate");
    }
  }

  @ParameterizedTest
  @MethodSource("engines")
  void aClientThatLeavesDuringTheHandshakeIsForgottenAtOnce(Natives natives) throws Exception {
    WireLimits defaults = TestServer.limits();
    WireLimits patient =
        new WireLimits(
            10,
            10,
            defaults.idleTimeout(),
            defaults.writeTimeout(),
            Duration.ofHours(1),
            List.of());
    try (TestServer server =
            TestServer.start(HANDLER, patient, TestServer.certificate(directory), natives);
        TestClient implicit = TestClient.connect(server.address("tls"));
        TestClient started = server.connect()) {
      implicit.shutdownOutput();
      started.send("STARTTLS\r\n").shutdownOutput();
      await().until(() -> server.wire().channels().isEmpty());
    }
  }

  private static Object served(TestClient client) throws Exception {
    return ((SSLSocket) client.socket).getSession().getPeerCertificates()[0];
  }

  @Test
  void withoutACertificateThereIsNoTls() throws Exception {
    try (TestServer server = TestServer.start(HANDLER);
        TestClient client = server.connect()) {
      assertThat(client.send("TLS\r\n").line()).isEqualTo("plaintext false");
      assertThat(Arrays.asList(server.wire().addresses().keySet().toArray()))
          .containsExactly("plain");
    }
  }
}
