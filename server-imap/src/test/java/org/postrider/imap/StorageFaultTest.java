package org.postrider.imap;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
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
          Pattern.compile("\\S+ (NO|BYE) \\[UNAVAILABLE\\]"),
          Pattern.compile("\\* BYE"),
          "zzz NOOP\r\n",
          Pattern.compile("zzz OK"));

  @TempDir static Path directory;

  @Test
  void aFailureIsACodedAnswer() throws Exception {
    List<Path> transcripts = Transcripts.in("transcripts").toList();
    assertThat(StorageFaults.play(transcripts, REFUSAL, StorageFaultTest::start)).isEmpty();
  }

  private static StorageFaults.Server start() throws IOException {
    ImapServer server = ImapServer.start(ImapServer.settings(), directory, List.of());
    return new StorageFaults.Server() {
      @Override
      public InetSocketAddress address() {
        return server.address("imap");
      }

      @Override
      public Map<String, String> variables() {
        return server.variables(server.newAccount());
      }

      @Override
      public boolean failed() {
        return server.store.condition().state() == StoreCondition.State.FAILED;
      }

      @Override
      public int connections() {
        return server.wire.connections().values().stream().mapToInt(n -> n).sum();
      }

      @Override
      public void close() {
        server.close();
      }
    };
  }
}
