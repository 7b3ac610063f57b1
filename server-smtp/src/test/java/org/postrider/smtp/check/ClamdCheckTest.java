package org.postrider.smtp.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postrider.smtp.check.CheckLimits.OnFailure;

/** What clamd may answer, and how it may fail. */
class ClamdCheckTest {
  private static ClamdCheck check(PeerAddress address, Duration timeout) {
    return new ClamdCheck(
        new CheckSettings.Clamd(address, 1 << 20, new CheckLimits(timeout, 1, OnFailure.DEFER)));
  }

  private static ClamdCheck check(PeerScript clamd) {
    return check(clamd.address(), Duration.ofSeconds(10));
  }

  /** Reads INSTREAM as clamd does. */
  private static String stream(DataInputStream in) throws IOException {
    assertThat(new String(in.readNBytes(10), StandardCharsets.US_ASCII)).isEqualTo("zINSTREAM\0");
    ByteArrayOutputStream message = new ByteArrayOutputStream();
    for (int n = in.readInt(); n != 0; n = in.readInt()) {
      message.writeBytes(in.readNBytes(n));
    }
    return message.toString(StandardCharsets.UTF_8);
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  @Test
  void cleanMailPasses() throws Exception {
    String long100k = "0123456789".repeat(10_000);
    try (PeerScript clamd =
        new PeerScript((in, out) -> {
          assertThat(stream(in)).isEqualTo("Subject: x\r\n\r\n" + long100k);
          out.write(ascii("stream: OK\0"));
        })) {
      assertThat(check(clamd).ask(Candidates.of("Subject: x\n", "\n" + long100k)))
          .isEqualTo(Verdict.PASS);
      clamd.played();
    }
  }

  @Test
  void malwareIsRefusedByName() throws Exception {
    try (PeerScript clamd =
        new PeerScript((in, out) -> {
          stream(in);
          out.write(ascii("stream: Win.Test\r\n.EICAR_HDB-1 FOUND\0"));
        })) {
      assertThat(check(clamd).ask(Candidates.simple()))
          .isEqualTo(
              new Verdict.Refuse(
                  550, "5.7.1", List.of("The message carries malware: Win.Test??.EICAR_HDB-1")));
    }
  }

  /** It closes after the answer, while it is still being told. */
  @Test
  void anAnswerBeforeTheEndIsHeard() throws Exception {
    try (PeerScript clamd =
        new PeerScript((in, out) -> {
          in.readNBytes(14 + 32_768);
          out.write(ascii("INSTREAM size limit exceeded. ERROR\0"));
          out.flush();
          in.readNBytes(900_000);
        })) {
      assertThatThrownBy(
              () -> check(clamd).ask(Candidates.of("Subject: x\n", "\n" + "x".repeat(800_000))))
          .isInstanceOf(CheckException.class)
          .hasMessageContaining("size limit exceeded");
    }
  }

  @Test
  void whatIsTooLongIsNotAsked() throws Exception {
    ClamdCheck nobody = check(new PeerAddress.Tcp("127.0.0.1", 1), Duration.ofSeconds(1));
    assertThat(nobody.ask(Candidates.of("", "\n" + "x".repeat(1 << 20)))).isEqualTo(Verdict.PASS);
  }

  @Test
  void silenceEndsInTime() throws Exception {
    try (PeerScript clamd = new PeerScript((in, out) -> in.readAllBytes())) {
      assertThatThrownBy(
              () -> check(clamd.address(), Duration.ofMillis(200)).ask(Candidates.simple()))
          .hasMessage("no answer within 200 ms");
      clamd.played();
    }
  }

  @Test
  void endlessAnswersAreCut() throws Exception {
    try (PeerScript clamd =
        new PeerScript((in, out) -> {
          stream(in);
          out.write(ascii("x".repeat(100_000)));
        })) {
      assertThatThrownBy(() -> check(clamd).ask(Candidates.simple()))
          .hasMessage("its answer does not end");
    }
  }

  @Test
  void speaksOverUnixSockets(@TempDir Path directory) throws Exception {
    Path path = directory.resolve("clamd");
    try (ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      listener.bind(UnixDomainSocketAddress.of(path));
      Thread peer =
          Thread.ofVirtual()
              .start(() -> {
                try (SocketChannel channel = listener.accept()) {
                  channel.write(ByteBuffer.wrap(ascii("stream: OK\0")));
                  channel.read(ByteBuffer.allocate(1000));
                } catch (IOException e) {
                  throw new IllegalStateException(e);
                }
              });
      assertThat(check(new PeerAddress.Unix(path), Duration.ofSeconds(10)).ask(Candidates.simple()))
          .isEqualTo(Verdict.PASS);
      peer.join();
    }
  }

  @Test
  void failureIsAsConfigured() {
    for (OnFailure onFailure : OnFailure.values()) {
      MailCheck guarded =
          new CheckSettings(
                  new CheckSettings.Clamd(
                      new PeerAddress.Tcp("127.0.0.1", 1), 1000, Candidates.limits(onFailure)),
                  null,
                  List.of())
              .checks()
              .getFirst();
      Verdict verdict = guarded.examine(Candidates.simple());
      if (onFailure == OnFailure.ACCEPT) {
        assertThat(verdict).isEqualTo(Verdict.PASS);
      } else {
        assertThat(verdict)
            .isInstanceOfSatisfying(
                Verdict.Refuse.class, refuse -> assertThat(refuse.code()).isEqualTo(451));
      }
    }
  }
}
