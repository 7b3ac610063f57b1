package org.postrider.wire;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A server with a plaintext listener and, where there is a certificate, an implicit TLS one. */
record TestServer(WireServer wire) implements AutoCloseable {
  static final String BUSY = "421 busy\r\n";

  static TestServer start(ConnectionHandler handler) throws IOException {
    return start(handler, limits(), null, Natives.available());
  }

  static TestServer start(ConnectionHandler handler, WireLimits limits) throws IOException {
    return start(handler, limits, null, Natives.available());
  }

  static TestServer start(
      ConnectionHandler handler, WireLimits limits, @Nullable TlsSettings tls, Natives natives)
      throws IOException {
    InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    List<ListenerSpec> specs = new ArrayList<>();
    specs.add(new ListenerSpec("plain", any, false, handler, BUSY));
    if (tls != null) {
      specs.add(new ListenerSpec("tls", any, true, handler, BUSY));
    }
    return new TestServer(WireServer.start(specs, limits, tls, natives));
  }

  /** Generous, and quick to give up where a test waits for that. */
  static WireLimits limits() {
    return new WireLimits(
        100,
        100,
        Duration.ofSeconds(20),
        Duration.ofSeconds(20),
        Duration.ofSeconds(10),
        List.of());
  }

  static TlsSettings certificate(Path directory) throws IOException {
    return SelfSignedCertificate.ensure(directory, List.of("mx.example.org", "127.0.0.1"));
  }

  InetSocketAddress address(String name) {
    return wire.addresses().get(name);
  }

  TestClient connect() throws IOException {
    return TestClient.connect(address("plain"));
  }

  TestClient connectTls() throws Exception {
    TestClient client = TestClient.connect(address("tls"));
    client.startTls();
    return client;
  }

  @Override
  public void close() {
    wire.close();
  }
}
