package org.postrider.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TlsTest {
  @TempDir Path directory;

  static final ConnectionHandler STARTTLS =
      connection -> {
        while (true) {
          String line = connection.input().readLine(100).latin1();
          switch (line) {
            case "STARTTLS" -> {
              connection.output().writeLatin1("220 go\r\n");
              connection.startTls();
            }
            default -> connection.output().writeLatin1("250 " + line + "\r\n");
          }
        }
      };

  @Test
  void implicit() throws Exception {
    for (Natives natives : new Natives[] {Natives.available(), Natives.NONE}) {
      try (TestServer server =
              TestServer.start(
                  STARTTLS, TestServer.limits(), TestServer.certificate(directory), natives);
          TestClient client = server.connectTls()) {
        assertThat(client.send("a\r\nb\r\n").line()).isEqualTo("250 a");
        assertThat(client.line()).isEqualTo("250 b");
      }
    }
  }

  @Test
  void plaintextAfterStartTlsIsDiscarded() throws Exception {
    for (Natives natives : new Natives[] {Natives.available(), Natives.NONE}) {
      try (TestServer server =
              TestServer.start(
                  STARTTLS, TestServer.limits(), TestServer.certificate(directory), natives);
          TestClient client = server.connect()) {
        client.send("STARTTLS\r\nINJECTED\r\n");
        assertThat(client.line()).isEqualTo("220 go");
        client.startTls();
        assertThat(client.send("c\r\n").line()).isEqualTo("250 c");
      }
    }
  }
}
