package org.postrider.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postrider.control.operation.ConfigShow;
import org.postrider.control.operation.DomainAdd;
import org.postrider.control.operation.DomainList;
import org.postrider.control.operation.Progress;
import org.postrider.control.operation.Refusal;
import org.postrider.control.operation.ServerReload;
import org.postrider.control.operation.StatusShow;
import org.postrider.control.operation.UserAdd;
import org.postrider.control.operation.UserDisable;
import org.postrider.control.operation.UserPassword;
import org.postrider.storage.Store;
import org.postrider.storage.StoreSettings;

class ControlServerTest {
  private static final ControlLimits HASTY =
      new ControlLimits(1 << 20, 1 << 20, 64, Duration.ofMillis(200));

  @TempDir Path data;

  private ControlClient client() {
    return new ControlClient(TestServer.installation(data), HASTY);
  }

  @Test
  void onlyTheOwnerMayConnect() throws Exception {
    try (TestServer _ = new TestServer(data)) {
      Path socket = data.resolve(ControlSocket.NAME);
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(socket)))
          .isEqualTo("rw-------");
      try (Stream<Path> files = Files.list(data)) {
        assertThat(files.map(file -> file.getFileName().toString()))
            .as("nothing is left of how the socket was made")
            .noneMatch(name -> name.startsWith(".control"));
      }
    }
    assertThat(data.resolve(ControlSocket.NAME)).doesNotExist();
  }

  @Test
  void statusKnowsWhetherAServerRuns() throws Exception {
    try (TestServer _ = new TestServer(data)) {
      assertThat(client().isServerRunning()).isTrue();
      StatusShow.Reply running = client().execute(new StatusShow(), Progress.NONE);
      assertThat(running.running()).isTrue();
      assertThat(running.ports()).singleElement().extracting("connections").isEqualTo(2);
      assertThat(client().execute(new ServerReload(), Progress.NONE).needRestart())
          .containsExactly("hostname");
    }
    assertThat(client().isServerRunning()).isFalse();
    assertThat(client().execute(new StatusShow(), Progress.NONE).running()).isFalse();
    assertThatThrownBy(() -> client().execute(new ServerReload(), Progress.NONE))
        .isInstanceOf(Refusal.class)
        .hasMessageContaining("No server runs");
  }

  @Test
  void changedCredentialsAreForgotten() throws Exception {
    try (TestServer server = new TestServer(data)) {
      client().execute(new UserAdd("alice@example.org", "secret"), Progress.NONE);
      client().execute(new UserPassword("alice@example.org", "other"), Progress.NONE);
      assertThat(server.forgotten).hasSize(1);
      server.forgotten.clear();
      client().execute(new UserDisable("alice@example.org"), Progress.NONE);
      assertThat(server.forgotten).hasSize(1);
    }
  }

  @Test
  void longDataDirectory() throws Exception {
    Path deep = data;
    while (deep.toString().length() < 300) {
      deep = deep.resolve("a-rather-long-name");
    }
    try (TestServer _ = new TestServer(deep)) {
      ControlClient client = new ControlClient(TestServer.installation(deep), HASTY);
      assertThat(client.isServerRunning()).isTrue();
      assertThat(client.execute(new StatusShow(), Progress.NONE).running()).isTrue();
    }
  }

  @Test
  void staleSocketIsNoServer() throws Exception {
    leaveStaleSocket();
    client().execute(new DomainAdd("example.org"), Progress.NONE);
    assertThat(client().execute(new DomainList(), Progress.NONE).domains()).hasSize(1);
    leaveStaleSocket();
    try (TestServer _ = new TestServer(data)) {
      assertThat(client().isServerRunning()).isTrue();
    }
  }

  private void leaveStaleSocket() throws IOException {
    Path socket = data.resolve(ControlSocket.NAME);
    Files.deleteIfExists(socket);
    try (ServerSocketChannel gone = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      gone.bind(UnixDomainSocketAddress.of(socket));
    }
    assertThat(socket).exists();
  }

  @Test
  void storeInOtherHandsIsRefusedInASentence() {
    try (Store other = Store.open(StoreSettings.inDirectory(data), Clock.systemUTC())) {
      assertThat(other.directory().domains()).isEmpty();
      assertThatThrownBy(() -> client().execute(new DomainList(), Progress.NONE))
          .asInstanceOf(type(Refusal.class))
          .satisfies(refusal -> {
            assertThat(refusal.reason()).isEqualTo(Refusal.Reason.UNAVAILABLE);
            assertThat(refusal.sentence()).contains(data.toString());
          });
    }
  }

  @Test
  void noDataIsNotMadeByAQuestion() {
    Path nowhere = data.resolve("nowhere");
    ControlClient client = new ControlClient(TestServer.installation(nowhere), HASTY);
    assertThatThrownBy(() -> client.execute(new DomainList(), Progress.NONE))
        .isInstanceOf(Refusal.class)
        .hasMessageContaining("no Postrider data");
    assertThat(nowhere).doesNotExist();
  }

  @Test
  void configurationNeedsNoData() throws Exception {
    Path nowhere = data.resolve("nowhere");
    ControlClient client = new ControlClient(TestServer.installation(nowhere), HASTY);
    assertThat(client.execute(new ConfigShow(), Progress.NONE).settings()).hasSize(1);
    assertThat(nowhere).doesNotExist();
  }

  @Test
  void whatIsNoRequestIsRefused() throws Exception {
    try (TestServer _ = new TestServer(data)) {
      for (String line :
          List.of(
              "",
              "nonsense",
              "[]",
              "{\"operation\":\"user fly\",\"arguments\":{}}",
              "{\"operation\":\"user show\",\"arguments\":{\"who\":\"alice\"}}",
              "{\"operation\":\"user show\",\"arguments\":[]}",
              "{\"operation\":\"user quota\",\"arguments\":{\"bytesMax\":\"many\"}}")) {
        assertThat(answer(line)).as(line).startsWith("{\"refusal\":{\"reason\":\"BAD_ARGUMENT\"");
      }
      assertThat(answer("x".repeat(ControlLimits.defaults().requestBytesMax() + 1))).isNull();
      assertThat(client().execute(new DomainList(), Progress.NONE).domains()).isEmpty();
    }
  }

  private String answer(String line) throws IOException {
    try (SocketChannel channel = ControlSocket.connect(data).orElseThrow();
        LineChannel lines = new LineChannel(channel, 1 << 20)) {
      try {
        lines.write(line);
        return lines.read();
      } catch (IOException e) {
        return null; // the server closed before it had read all
      }
    }
  }
}
