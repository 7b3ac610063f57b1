package org.postrider.smtp;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
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

/** Plays every transcript; the directory names the listener. */
final class TranscriptTest {
  private static SmtpFixture fixture;

  @BeforeAll
  static void start(@TempDir Path directory) throws IOException {
    fixture = SmtpFixture.start(directory);
  }

  @AfterAll
  static void stop() {
    fixture.close();
  }

  private static Stream<DynamicTest> play(String directory, String listener, Mode... modes)
      throws IOException {
    return Transcripts.in("transcripts/" + directory)
        .flatMap(file ->
            List.of(modes).stream()
                .map(mode ->
                    DynamicTest.dynamicTest(
                        directory + "/" + file.getFileName() + " " + mode,
                        () ->
                            TranscriptRunner.run(
                                Transcript.load(file),
                                fixture.address(listener),
                                Map.of(),
                                mode))));
  }

  @TestFactory
  Stream<DynamicTest> mx() throws IOException {
    return play("mx", "mx", Mode.WHOLE, Mode.BYTEWISE);
  }

  @TestFactory
  Stream<DynamicTest> limits() throws IOException {
    return play("limits", "limits", Mode.WHOLE, Mode.BYTEWISE);
  }

  @TestFactory
  Stream<DynamicTest> few() throws IOException {
    return play("few", "few", Mode.WHOLE, Mode.BYTEWISE);
  }

  @TestFactory
  Stream<DynamicTest> submission() throws IOException {
    return play("submission", "submission", Mode.WHOLE, Mode.BYTEWISE);
  }

  @TestFactory
  Stream<DynamicTest> submissionOverImplicitTls() throws IOException {
    return play("submission", "submissions", Mode.TLS);
  }

  @TestFactory
  Stream<DynamicTest> submissionStartTls() throws IOException {
    return play("submission-starttls", "submission", Mode.WHOLE, Mode.BYTEWISE);
  }

  /** What is injected must come in one write with STARTTLS, or it is no injection. */
  @TestFactory
  Stream<DynamicTest> injection() throws IOException {
    return play("whole", "mx", Mode.WHOLE);
  }

  @TestFactory
  Stream<DynamicTest> proxied() throws IOException {
    return play("proxied", "proxied", Mode.WHOLE, Mode.BYTEWISE);
  }

  @TestFactory
  Stream<DynamicTest> lmtp() throws IOException {
    return play("lmtp", "lmtp", Mode.WHOLE, Mode.BYTEWISE);
  }

  @TestFactory
  Stream<DynamicTest> strangers() throws IOException {
    return play("strangers", "strangers", Mode.WHOLE);
  }

  @TestFactory
  Stream<DynamicTest> idle() throws IOException {
    return play("idle", "idle", Mode.WHOLE);
  }
}
