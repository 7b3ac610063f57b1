package org.postrider.imap;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.postrider.testkit.Transcript;
import org.postrider.testkit.TranscriptRunner;
import org.postrider.testkit.TranscriptRunner.Mode;
import org.postrider.testkit.Transcripts;

class ImapTranscriptTest {
  @TempDir static Path directory;

  private static ImapServer server;
  private static ImapServer proxied;

  @BeforeAll
  static void start() throws IOException {
    server = ImapServer.start(ImapServer.settings(), directory.resolve("plain"), List.of());
    proxied =
        ImapServer.start(
            ImapServer.settings(), directory.resolve("proxied"), List.of("127.0.0.1", "::1"));
  }

  @AfterAll
  static void stop() {
    server.close();
    proxied.close();
  }

  static Stream<Path> transcripts() throws IOException {
    return Transcripts.in("transcripts");
  }

  /** Their first line is a PROXY header, so that the client is not on this machine. */
  static Stream<Path> remote() throws IOException {
    return Transcripts.in("transcripts-remote");
  }

  /** Their user has mail in the queue. */
  static Stream<Path> outbox() throws IOException {
    return Transcripts.in("transcripts-outbox");
  }

  @ParameterizedTest
  @MethodSource("transcripts")
  void whole(Path file) throws IOException {
    run(server, "imap", file, Mode.WHOLE);
  }

  @ParameterizedTest
  @MethodSource("transcripts")
  void bytewise(Path file) throws IOException {
    run(server, "imap", file, Mode.BYTEWISE);
  }

  @ParameterizedTest
  @MethodSource("remote")
  void remote(Path file) throws IOException {
    run(proxied, "imap", file, Mode.WHOLE);
  }

  @ParameterizedTest
  @MethodSource("outbox")
  void outbox(Path file) throws IOException {
    for (Mode mode : List.of(Mode.WHOLE, Mode.BYTEWISE)) {
      TranscriptRunner.run(
          Transcript.load(file),
          server.address("imap"),
          server.variables(server.newSender()),
          mode);
    }
  }

  @ParameterizedTest
  @MethodSource("transcripts")
  void tls(Path file) throws IOException {
    if (!file.toString().contains("starttls")) {
      run(server, "imaps", file, Mode.TLS);
    }
  }

  private static void run(ImapServer on, String listener, Path file, Mode mode) throws IOException {
    TranscriptRunner.run(
        Transcript.load(file), on.address(listener), on.variables(on.newAccount()), mode);
  }
}
