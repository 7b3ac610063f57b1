package org.postrider.pop3;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postrider.storage.StoreCondition;
import org.postrider.testkit.StorageFaults;
import org.postrider.testkit.TranscriptRunner.Refusal;
import org.postrider.testkit.Transcripts;

/** Each transcript while one call of the database fails. */
class StorageFaultTest {
  private static final Refusal REFUSAL =
      new Refusal(
          Pattern.compile("-ERR \\[SYS/TEMP\\]"),
          Pattern.compile("\\+OK Bye|-ERR \\[SYS/TEMP\\] The marked"),
          "XNONE\r\n",
          Pattern.compile("-ERR Unknown command"));

  @TempDir static Path directory;

  @Test
  void aFailureIsACodedAnswer() throws Exception {
    List<Path> transcripts =
        Stream.concat(Transcripts.in("transcripts/any"), Transcripts.in("transcripts/plain"))
            .toList();
    assertThat(StorageFaults.play(transcripts, REFUSAL, StorageFaultTest::start)).isEmpty();
  }

  private static StorageFaults.Server start() throws IOException {
    Pop3Server server = new Pop3Server(directory, Pop3Server.settings(), Clock.systemUTC());
    return new StorageFaults.Server() {
      @Override
      public InetSocketAddress address() {
        return server.plain();
      }

      @Override
      public Map<String, String> variables() {
        return server.newUser();
      }

      @Override
      public boolean failed() {
        return server.store().condition().state() == StoreCondition.State.FAILED;
      }

      @Override
      public int connections() {
        return server.connections();
      }

      @Override
      public void close() {
        server.close();
      }
    };
  }
}
