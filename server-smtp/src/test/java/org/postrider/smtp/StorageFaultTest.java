package org.postrider.smtp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postrider.testkit.StorageFaults;
import org.postrider.testkit.TranscriptRunner.Refusal;
import org.postrider.testkit.Transcripts;

/** Each transcript while one call of the database fails. */
class StorageFaultTest {
  /** The dot ends content, in case a DATA that was sent ahead was accepted. */
  private static final Refusal REFUSAL =
      new Refusal(
          Pattern.compile("4\\d\\d[ -]4\\.\\d\\.\\d"),
          Pattern.compile("221|421"),
          ".\r\nRSET\r\n",
          Pattern.compile("250 2\\.0\\.0 Flushed|503 5\\.5\\.1 Send EHLO"));

  @TempDir static Path directory;

  @Test
  void aFailureIsACodedAnswer() throws Exception {
    for (String listener : List.of("mx", "submission")) {
      List<Path> transcripts = Transcripts.in("transcripts/" + listener).toList();
      assertThat(StorageFaults.play(transcripts, REFUSAL, () -> start(listener))).isEmpty();
    }
  }

  private static StorageFaults.Server start(String listener) throws IOException {
    SmtpFixture fixture = SmtpFixture.start(directory);
    return new StorageFaults.Server() {
      @Override
      public InetSocketAddress address() {
        return fixture.address(listener);
      }

      @Override
      public Map<String, String> variables() {
        return Map.of();
      }

      @Override
      public boolean failed() {
        return fixture.storeFailed();
      }

      @Override
      public int connections() {
        return fixture.connections();
      }

      @Override
      public void close() {
        fixture.close();
      }
    };
  }
}
