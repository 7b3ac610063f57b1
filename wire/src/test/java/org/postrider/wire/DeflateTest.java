package org.postrider.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import org.junit.jupiter.api.Test;

/** RFC 4978. */
class DeflateTest {
  private static final int LARGE = 3_000_000;

  private static final ConnectionHandler COMPRESS =
      session -> {
        session.input().readLine(100);
        session.output().writeLatin1("OK\r\n");
        session.startCompression();
        while (true) {
          String line = session.input().readLine(100).latin1();
          if (line.startsWith("SEND ")) {
            byte[] octets = FlowTest.readFully(session, Integer.parseInt(line.substring(5)));
            session.output().write(octets, 0, octets.length);
          } else {
            session.output().writeLatin1(line + " " + session.isCompressed() + "\r\n");
          }
        }
      };

  @Test
  void linesBothWays() throws Exception {
    try (TestServer server = TestServer.start(COMPRESS);
        TestClient client = server.connect()) {
      assertThat(client.send("COMPRESS\r\n").line()).isEqualTo("OK");
      client.startCompression();
      for (int i = 0; i < 200; i++) {
        assertThat(client.send("hello\r\n").line()).isEqualTo("hello true");
      }
    }
  }

  @Test
  void largeDataBothWays() throws Exception {
    byte[] random = new byte[LARGE];
    new Random(9).nextBytes(random);
    byte[] even = new byte[LARGE];
    Arrays.fill(even, (byte) 'x');
    try (TestServer server = TestServer.start(COMPRESS);
        TestClient client = server.connect()) {
      client.send("COMPRESS\r\n").line();
      client.startCompression();
      for (byte[] octets : new byte[][] {random, even}) {
        client.send("SEND " + LARGE + "\r\n").send(octets);
        assertThat(client.octets(LARGE)).isEqualTo(octets);
        assertThat(client.send("hello\r\n").line()).isEqualTo("hello true");
      }
    }
  }

  @Test
  void compressedOctetsRightBehindTheCommandAndOneByOne() throws Exception {
    try (TestServer server = TestServer.start(COMPRESS);
        TestClient client = server.connect()) {
      byte[] compressed = deflate("one\r\ntwo\r\n".getBytes(StandardCharsets.US_ASCII));
      ByteArrayOutputStream all = new ByteArrayOutputStream();
      all.writeBytes("COMPRESS\r\n".getBytes(StandardCharsets.US_ASCII));
      all.writeBytes(compressed);
      for (byte octet : all.toByteArray()) {
        client.send(new byte[] {octet});
      }
      assertThat(client.line()).isEqualTo("OK");
      client.startCompression();
      assertThat(client.line()).isEqualTo("one true");
      assertThat(client.line()).isEqualTo("two true");
    }
  }

  @Test
  void aBombIsInflatedOnlyAsFarAsItIsRead() throws Exception {
    CompletableFuture<Integer> available = new CompletableFuture<>();
    ConnectionHandler handler =
        session -> {
          session.startCompression();
          session.input().read();
          available.complete(session.input().available());
        };
    try (TestServer server = TestServer.start(handler);
        TestClient client = server.connect()) {
      FlowTest.sendQuietly(client, deflate(new byte[50_000_000]));
      assertThat(available.get(10, TimeUnit.SECONDS)).isLessThan(64 * 1024);
    }
  }

  @Test
  void damagedDataEndsTheSession() throws Exception {
    CompletableFuture<Throwable> ended = new CompletableFuture<>();
    ConnectionHandler handler =
        session -> {
          session.startCompression();
          try {
            session.input().read();
          } catch (ConnectionClosedException e) {
            ended.complete(e);
          }
        };
    try (TestServer server = TestServer.start(handler);
        TestClient client = server.connect()) {
      client.send("\u00ff\u00ff\u00ff\u00ff");
      assertThat(ended.get(10, TimeUnit.SECONDS)).hasMessageContaining("damaged");
    }
  }

  private static byte[] deflate(byte[] plain) throws java.io.IOException {
    ByteArrayOutputStream compressed = new ByteArrayOutputStream();
    try (DeflaterOutputStream out =
        new DeflaterOutputStream(compressed, new Deflater(9, true), 4096, true)) {
      out.write(plain);
      out.flush();
      return compressed.toByteArray();
    }
  }
}
