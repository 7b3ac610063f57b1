package org.postrider.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** {@link Connection#await}, {@link Connection#wake} and the server's stop. */
class AwaitTest {
  private static final int WAKES = 10_000;

  @Test
  void everyWakeIsHeard() throws Exception {
    CompletableFuture<Connection> connection = new CompletableFuture<>();
    Semaphore heard = new Semaphore(0);
    ConnectionHandler handler =
        session -> {
          connection.complete(session);
          while (session.await(Duration.ofMinutes(1)) == Connection.Wakeup.SIGNAL) {
            heard.release();
          }
        };
    try (TestServer server = TestServer.start(handler);
        TestClient client = server.connect()) {
      Connection session = connection.get(10, TimeUnit.SECONDS);
      for (int i = 0; i < WAKES; i++) {
        session.wake();
        assertThat(heard.tryAcquire(10, TimeUnit.SECONDS)).as("wake %d", i).isTrue();
      }
      assertThat(client.socket.isConnected()).isTrue();
    }
  }

  /** What was set before a wake is seen, however wakes and input are mixed. */
  @Test
  void wakesAndInputDoNotHideEachOther() throws Exception {
    CompletableFuture<Connection> connection = new CompletableFuture<>();
    AtomicInteger value = new AtomicInteger();
    AtomicInteger seen = new AtomicInteger();
    AtomicInteger lines = new AtomicInteger();
    ConnectionHandler handler =
        session -> {
          connection.complete(session);
          while (true) {
            switch (session.await(Duration.ofMinutes(1))) {
              case INPUT -> {
                session.input().readLine(10);
                lines.incrementAndGet();
              }
              case SIGNAL -> seen.set(value.get());
              case TIMEOUT -> throw new IllegalStateException("a wake was lost");
            }
          }
        };
    try (TestServer server = TestServer.start(handler);
        TestClient client = server.connect()) {
      Connection session = connection.get(10, TimeUnit.SECONDS);
      Thread waker =
          Thread.ofPlatform()
              .start(() -> {
                for (int i = 1; i <= WAKES; i++) {
                  value.set(i);
                  session.wake();
                }
              });
      for (int i = 0; i < WAKES; i++) {
        client.send("x\r\n");
      }
      waker.join();
      await().untilAsserted(() -> assertThat(seen).hasValue(WAKES));
      await().untilAsserted(() -> assertThat(lines).hasValue(WAKES));
    }
  }

  @Test
  void aWakeBeforeAwaitCountsOnceAndInputComesFirst() throws Exception {
    ConnectionHandler handler =
        session -> {
          session.input().read();
          session.wake();
          session.wake();
          session.output().writeLatin1(session.await(Duration.ofMinutes(1)) + " ");
          session.output().writeLatin1(session.await(Duration.ZERO) + " ");
          session.output().writeLatin1(session.await(Duration.ofMillis(1)) + " ");
          session.idleTimeout(Duration.ofMillis(1)); // does not apply to await
          session.output().writeLatin1(session.await(Duration.ofMinutes(1)) + " ");
          session.input().readLine(10);
          session.output().writeLatin1(session.await(Duration.ofMinutes(1)) + " ");
        };
    try (TestServer server = TestServer.start(handler);
        TestClient client = server.connect()) {
      client.send("x");
      assertThat(client.octets(23)).asString().isEqualTo("SIGNAL TIMEOUT TIMEOUT ");
      client.send("y\r\n").shutdownOutput();
      assertThat(client.rest()).isEqualTo("INPUT INPUT "); // the second is the end
    }
  }

  @Test
  void sessionsSayGoodbyeWhenTheServerStops() throws Exception {
    CountDownLatch started = new CountDownLatch(2);
    ConnectionHandler handler =
        session -> {
          int first = session.input().read();
          started.countDown();
          try {
            if (first == 'a') {
              session.await(Duration.ofMinutes(1));
            } else {
              session.input().read();
            }
          } catch (ShutdownException e) {
            session.output().writeLatin1("421 stopping\r\n");
          }
        };
    try (TestServer server = TestServer.start(handler);
        TestClient waits = server.connect();
        TestClient reads = server.connect()) {
      waits.send("a");
      reads.send("r");
      FlowTest.awaitLatch(started);
      server.wire().stop(Duration.ofSeconds(20));
      assertThat(waits.rest()).isEqualTo("421 stopping\r\n");
      assertThat(reads.rest()).isEqualTo("421 stopping\r\n");
      assertThatThrownBy(server::connect).isInstanceOf(ConnectException.class);
    }
  }

  @Test
  void aSessionThatGoesOnIsClosedAfterTheGrace() throws Exception {
    CountDownLatch started = new CountDownLatch(1);
    CompletableFuture<Throwable> ended = new CompletableFuture<>();
    ConnectionHandler stubborn =
        session -> {
          started.countDown();
          while (true) {
            try {
              session.await(Duration.ofMinutes(1));
            } catch (ShutdownException e) {
              Thread.onSpinWait();
            } catch (IOException e) {
              ended.complete(e);
              throw e;
            }
          }
        };
    try (TestServer server = TestServer.start(stubborn);
        TestClient client = server.connect()) {
      FlowTest.awaitLatch(started);
      server.wire().stop(Duration.ofMillis(100));
      assertThat(ended.get(10, TimeUnit.SECONDS)).isInstanceOf(ConnectionClosedException.class);
      assertThatThrownBy(client::line).isInstanceOf(EOFException.class);
    }
  }
}
