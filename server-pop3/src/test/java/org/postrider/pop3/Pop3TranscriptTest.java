package org.postrider.pop3;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Clock;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.postrider.testkit.Transcript;
import org.postrider.testkit.TranscriptRunner;
import org.postrider.testkit.TranscriptRunner.Mode;
import org.postrider.testkit.Transcripts;

/** Dialogues, in one piece, octet by octet, and over TLS; each with an account of its own. */
class Pop3TranscriptTest {
  @TempDir static Path directory;
  static Pop3Server server;

  @BeforeAll
  static void start() throws IOException {
    server = new Pop3Server(directory, Pop3Server.settings(), Clock.systemUTC());
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @TestFactory
  Stream<DynamicTest> inOnePiece() throws IOException {
    return Stream.concat(
        tests("transcripts/any", server.plain(), Mode.WHOLE),
        tests("transcripts/plain", server.plain(), Mode.WHOLE));
  }

  @TestFactory
  Stream<DynamicTest> octetByOctet() throws IOException {
    return Stream.concat(
        tests("transcripts/any", server.plain(), Mode.BYTEWISE),
        tests("transcripts/plain", server.plain(), Mode.BYTEWISE));
  }

  @TestFactory
  Stream<DynamicTest> overTls() throws IOException {
    return tests("transcripts/any", server.tls(), Mode.TLS);
  }

  @TestFactory
  Stream<DynamicTest> fromAfar() throws IOException {
    return tests("transcripts/remote", server.behindProxy(), Mode.WHOLE);
  }

  private static Stream<DynamicTest> tests(String transcripts, InetSocketAddress at, Mode mode)
      throws IOException {
    return Transcripts.in(transcripts)
        .map(file ->
            DynamicTest.dynamicTest(
                file.getFileName().toString(),
                () -> TranscriptRunner.run(Transcript.load(file), at, server.newUser(), mode)));
  }
}
