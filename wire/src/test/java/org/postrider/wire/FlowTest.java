package org.postrider.wire;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Backpressure, flushing, and the ways a connection ends. */
class FlowTest {
  private static final int LARGE = 20_000_000;

  @Test
  void repliesToPipelinedCommandsLeaveInOneWrite() throws Exception {
    List<String> writes = new CopyOnWriteArrayList<>();
    try (TestServer server = TestServer.start(LineTest.ECHO);
        TestClient client = server.connect()) {
      assertThat(client.line()).isEqualTo("220 ready");
      server
          .wire()
          .channels()
          .forEach(channel -> channel.pipeline().addFirst(new Recorder(writes)));
      client.send("a\r\nb\r\nc\r\nd\r\n");
      for (String command : List.of("a", "b", "c", "d")) {
        assertThat(client.line()).isEqualTo("1 crlf " + command);
      }
      assertThat(writes).containsExactly("1 crlf a\r\n1 crlf b\r\n1 crlf c\r\n1 crlf d\r\n");
    }
  }

  /** Sees what reaches the socket. */
  private static final class Recorder extends ChannelOutboundHandlerAdapter {
    private final List<String> writes;

    Recorder(List<String> writes) {
      this.writes = writes;
    }

    @Override
    public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
      writes.add(((io.netty.buffer.ByteBuf) message).toString(ISO_8859_1));
      ctx.write(message, promise);
    }
  }

  @Test
  void readingStopsWhenTheSessionFallsBehind() throws Exception {
    CountDownLatch readNow = new CountDownLatch(1);
    CompletableFuture<ChannelConnection> connection = new CompletableFuture<>();
    CompletableFuture<Integer> digest = new CompletableFuture<>();
    ConnectionHandler handler =
        session -> {
          connection.complete((ChannelConnection) session);
          awaitLatch(readNow);
          byte[] all = readFully(session, LARGE);
          digest.complete(java.util.Arrays.hashCode(all));
        };
    byte[] octets = new byte[LARGE];
    new Random(7).nextBytes(octets);
    try (TestServer server = TestServer.start(handler);
        TestClient client = server.connect()) {
      Thread sender = Thread.ofVirtual().start(() -> sendQuietly(client, octets));
      Inbox inbox = connection.get(10, TimeUnit.SECONDS).inbox();
      await().until(inbox::isPaused);
      assertThat(inbox.octets()).isLessThan(4 * Inbox.COST_MAX);
      readNow.countDown();
      assertThat(digest.get(20, TimeUnit.SECONDS)).isEqualTo(java.util.Arrays.hashCode(octets));
      sender.join();
    }
  }

  @Test
  void writingBlocksTheSessionUntilTheClientReads() throws Exception {
    byte[] octets = new byte[LARGE];
    new Random(8).nextBytes(octets);
    CountDownLatch written = new CountDownLatch(1);
    ConnectionHandler handler =
        session -> {
          session.output().write(octets, 0, octets.length);
          session.output().flush();
          written.countDown();
        };
    try (TestServer server = TestServer.start(handler);
        TestClient client = server.connect()) {
      client.octets(1);
      assertThat(written.getCount()).isEqualTo(1); // 20 MB fit into no socket buffer
      byte[] rest = client.octets(LARGE - 1);
      assertThat(rest).isEqualTo(java.util.Arrays.copyOfRange(octets, 1, LARGE));
      assertThat(client.rest()).isEmpty();
    }
  }

  @Test
  void aClientThatDoesNotReadIsClosed() throws Exception {
    CompletableFuture<Throwable> ended = new CompletableFuture<>();
    ConnectionHandler handler =
        session -> {
          byte[] octets = new byte[1_000_000];
          try {
            while (true) {
              session.output().write(octets, 0, octets.length);
            }
          } catch (ConnectionClosedException e) {
            ended.complete(e);
            throw e;
          }
        };
    WireLimits defaults = TestServer.limits();
    WireLimits limits =
        new WireLimits(
            10,
            10,
            defaults.idleTimeout(),
            Duration.ofMillis(300),
            defaults.handshakeTimeout(),
            List.of());
    try (TestServer server = TestServer.start(handler, limits);
        TestClient client = server.connect()) {
      assertThat(ended.get(20, TimeUnit.SECONDS)).hasMessageContaining("did not read");
      await().until(() -> server.wire().connections().get("plain") == 0);
      assertThat(client.socket.isClosed()).isFalse();
    }
  }

  @Test
  void halfClosedClientGetsItsReplies() throws Exception {
    try (TestServer server = TestServer.start(LineTest.ECHO);
        TestClient client = server.connect()) {
      client.send("a\r\nb\r\nunfinished").shutdownOutput();
      assertThat(client.rest()).isEqualTo("220 ready\r\n1 crlf a\r\n1 crlf b\r\n");
    }
  }

  @Test
  void aLineOfMoreThanAMegabyteEndsTheConnection() throws Exception {
    CompletableFuture<Throwable> ended = new CompletableFuture<>();
    ConnectionHandler handler =
        session -> {
          try {
            session.input().readLine(100);
          } catch (java.io.IOException e) {
            ended.complete(e);
            throw e;
          }
        };
    try (TestServer server = TestServer.start(handler);
        TestClient client = server.connect()) {
      sendQuietly(client, new byte[3_000_000]);
      assertThat(ended.get(10, TimeUnit.SECONDS)).isInstanceOf(ConnectionClosedException.class);
      await().until(() -> server.wire().connections().get("plain") == 0);
    }
  }

  @Test
  void idleClientIsToldAndClosed() throws Exception {
    ConnectionHandler handler =
        session -> {
          session.idleTimeout(Duration.ofMillis(50));
          try {
            session.input().read();
          } catch (IdleTimeoutException e) {
            session.output().writeLatin1("421 too slow\r\n");
          }
        };
    try (TestServer server = TestServer.start(handler);
        TestClient client = server.connect()) {
      assertThat(client.rest()).isEqualTo("421 too slow\r\n");
    }
  }

  @Test
  void closeFromAnotherThreadEndsTheSession() throws Exception {
    CompletableFuture<Connection> connection = new CompletableFuture<>();
    CompletableFuture<Throwable> ended = new CompletableFuture<>();
    ConnectionHandler handler =
        session -> {
          connection.complete(session);
          try {
            session.await(Duration.ofMinutes(1));
          } catch (ConnectionClosedException e) {
            ended.complete(e);
          }
          assertThatThrownBy(() -> session.input().read())
              .isInstanceOf(ConnectionClosedException.class);
          session.output().writeLatin1("never seen");
        };
    try (TestServer server = TestServer.start(handler);
        TestClient client = server.connect()) {
      connection.get(10, TimeUnit.SECONDS).close();
      assertThat(ended.get(10, TimeUnit.SECONDS)).hasMessageContaining("by the server");
      assertThat(client.rest()).isEmpty();
    }
  }

  @Test
  void resetByTheClientEndsTheSession() throws Exception {
    CompletableFuture<Throwable> ended = new CompletableFuture<>();
    ConnectionHandler handler =
        session -> {
          try {
            while (true) {
              session.input().read();
            }
          } catch (ConnectionClosedException e) {
            ended.complete(e);
          }
        };
    try (TestServer server = TestServer.start(handler);
        TestClient client = server.connect()) {
      client.send("x");
      client.socket.setSoLinger(true, 0);
      client.socket.close();
      assertThat(ended.get(10, TimeUnit.SECONDS)).isNotNull();
      await().until(() -> server.wire().connections().get("plain") == 0);
    }
  }

  static byte[] readFully(Connection session, int count) throws java.io.IOException {
    byte[] all = new byte[count];
    int got = 0;
    while (got < count) {
      got += session.input().read(all, got, count - got);
    }
    return all;
  }

  static void awaitLatch(CountDownLatch latch) {
    try {
      assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  static void sendQuietly(TestClient client, byte[] octets) {
    try {
      client.send(octets);
    } catch (java.io.IOException e) {
      // the server may have closed; the test sees that on its own
      assertThat(client.socket).isInstanceOf(Socket.class);
    }
  }
}
