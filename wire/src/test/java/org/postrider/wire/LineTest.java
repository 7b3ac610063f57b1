package org.postrider.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** Lines over plaintext. */
class LineTest {
  /** Answers each line with its length, its kind of end and its text. */
  static final ConnectionHandler ECHO =
      connection -> {
        connection.output().writeLatin1("220 ready\r\n");
        while (true) {
          try {
            WireInput.Line line = connection.input().readLine(20);
            if (line.latin1().equals("QUIT")) {
              connection.output().writeLatin1("221 bye\r\n");
              return;
            }
            connection
                .output()
                .writeLatin1(
                    line.bytes().length
                        + (line.crlf() ? " crlf " : " lf ")
                        + line.latin1()
                        + "\r\n");
          } catch (LineTooLongException e) {
            connection.output().writeLatin1("500 too long\r\n");
          }
        }
      };

  private static final String INPUT =
      "one\r\n\r\n\ntwo\nth\rree\r\r\n"
          + "x".repeat(20)
          + "\r\n"
          + "y".repeat(20)
          + "\n"
          + "z".repeat(21)
          + "\r\n"
          + "w".repeat(21)
          + "\n"
          + "v".repeat(5000)
          + "\r\nlast\r\nQUIT\r\n";

  private static final String ANSWER =
      "3 crlf one\r\n0 crlf \r\n0 lf \r\n3 lf two\r\n7 crlf th\rree\r\r\n"
          + "20 crlf "
          + "x".repeat(20)
          + "\r\n20 lf "
          + "y".repeat(20)
          + "\r\n500 too long\r\n500 too long\r\n500 too long\r\n4 crlf last\r\n221 bye\r\n";

  @Test
  void wholeAndPipelined() throws Exception {
    try (TestServer server = TestServer.start(ECHO);
        TestClient client = server.connect()) {
      assertThat(client.line()).isEqualTo("220 ready");
      client.send(INPUT);
      assertThat(client.rest()).isEqualTo(ANSWER);
    }
  }

  @Test
  void inEverySplit() throws Exception {
    byte[] input = INPUT.replaceAll("v+", "v".repeat(30)).getBytes(StandardCharsets.ISO_8859_1);
    for (Natives natives : new Natives[] {Natives.available(), Natives.NONE}) {
      try (TestServer server = TestServer.start(ECHO, TestServer.limits(), null, natives)) {
        for (int size = 1; size < input.length; size++) {
          try (TestClient client = server.connect()) {
            for (int from = 0; from < input.length; from += size) {
              int to = Math.min(input.length, from + size);
              client.send(java.util.Arrays.copyOfRange(input, from, to));
            }
            assertThat(client.rest()).isEqualTo("220 ready\r\n" + ANSWER);
          }
        }
      }
    }
  }
}
