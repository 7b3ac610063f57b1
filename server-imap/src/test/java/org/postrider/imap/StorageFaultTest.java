package org.postrider.imap;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postrider.imap.command.CommandTable;
import org.postrider.storage.StoreCondition;
import org.postrider.testkit.StorageFaults;
import org.postrider.testkit.TranscriptRunner.Refusal;
import org.postrider.testkit.Transcripts;

/**
 * Transcripts while one call of the database fails: as few as have every command in them, or all
 * with {@code -Dpostrider.faults=all}.
 */
class StorageFaultTest {
  private static final Refusal REFUSAL =
      new Refusal(
          Pattern.compile("\\S+ (NO|BYE) \\[UNAVAILABLE\\]"),
          Pattern.compile("\\* BYE"),
          "zzz NOOP\r\n",
          Pattern.compile("zzz OK"));

  private static final Pattern COMMAND = Pattern.compile("(?m)^C\\d?: [^ ]+ ((?:UID )?\\w+)");

  @TempDir static Path directory;

  @Test
  void aFailureIsACodedAnswer() throws Exception {
    List<Path> all = Transcripts.in("transcripts").toList();
    List<Path> transcripts = StorageFaults.ALL ? all : withEveryCommand(all);
    assertThat(StorageFaults.play(transcripts, REFUSAL, StorageFaultTest::start)).isEmpty();
  }

  /** Always the one with most of what is missing, until nothing is. */
  private static List<Path> withEveryCommand(List<Path> all) throws IOException {
    Map<Path, Set<String>> commands = new LinkedHashMap<>();
    for (Path file : all) {
      commands.put(file, commands(Files.readString(file, StandardCharsets.ISO_8859_1)));
    }
    Set<String> missing = new HashSet<>();
    CommandTable.rows().forEach(row -> missing.add(row.name()));
    List<Path> chosen = new ArrayList<>();
    while (!missing.isEmpty()) {
      Path next =
          Collections.max(
              all, Comparator.comparingLong(file -> common(commands.get(file), missing)));
      assertThat(missing.removeAll(commands.get(next))).as("no transcript has " + missing).isTrue();
      chosen.add(next);
    }
    return chosen;
  }

  private static long common(Set<String> some, Set<String> others) {
    return some.stream().filter(others::contains).count();
  }

  private static Set<String> commands(String transcript) {
    return COMMAND
        .matcher(transcript)
        .results()
        .map(found -> found.group(1).toUpperCase(Locale.ROOT))
        .collect(Collectors.toSet());
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
