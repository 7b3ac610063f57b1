package org.postrider.storage.durability;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.postrider.storage.Account;
import org.postrider.storage.Store;
import org.postrider.storage.StoreCheck;
import org.postrider.storage.StoreSettings;

/**
 * Kills a process that works on a store in a directory, again and again: after each kill every
 * message that was ever acknowledged must be there, octet by octet, under its UID.
 */
public final class KillRun {
  private static final int ACCOUNTS = 3;
  private static final int TOKENS_OF_A_PROCESS = 1_000_000;

  private record Place(long mailbox, long uid) {}

  private final Path directory;
  private final long seed;
  private final Map<Long, Place> acknowledged = new HashMap<>();
  private final List<String> problems = new ArrayList<>();

  private KillRun(Path directory, long seed) {
    this.directory = directory;
    this.seed = seed;
  }

  /**
   * Runs until so many processes were killed, or something is wrong.
   *
   * @param directory empty; it is left as it is at the end
   */
  public static Outcome run(int kills, long seed, Path directory) throws IOException {
    KillRun run = new KillRun(directory, seed);
    try (Store store = run.open()) {
      for (int i = 0; i < ACCOUNTS; i++) {
        store.directory().createAccount("u" + i + "@example.org", null);
      }
    }
    SplittableRandom random = new SplittableRandom(seed);
    int done = 0;
    while (done < kills && run.problems.isEmpty()) {
      run.killOnce(random.split(), done);
      done++;
      run.verify();
    }
    return Outcome.of(done, run.acknowledged.size(), run.problems, seed);
  }

  private Store open() {
    return Store.open(StoreSettings.inDirectory(directory), Clock.systemUTC());
  }

  private void killOnce(SplittableRandom random, int number) throws IOException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                KillTarget.class.getName(),
                directory.toString(),
                Long.toString(random.nextLong()),
                Long.toString((number + 1L) * TOKENS_OF_A_PROCESS))
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    Thread.ofVirtual().start(() -> endInTime(process));
    int before = acknowledged.size();
    int moment = 1 + random.nextInt(random.nextBoolean() ? 50 : 400);
    try (BufferedReader reader = process.inputReader(StandardCharsets.US_ASCII)) {
      for (String line; (line = reader.readLine()) != null; ) {
        String[] words = line.split(" ");
        if (words.length == 3 && words[2].length() > 0) {
          Place place = new Place(Long.parseLong(words[1]), Long.parseLong(words[2]));
          acknowledged.put(Long.parseLong(words[0]), place);
        }
        if (acknowledged.size() - before == moment) {
          // Not Process.destroyForcibly: it would close the pipe with acknowledgements in it.
          process.toHandle().destroyForcibly();
        }
      }
      if (!process.waitFor(Duration.ofSeconds(20))) {
        problems.add("failed: the process does not die");
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    } finally {
      process.destroyForcibly();
    }
    if (acknowledged.size() - before < moment) {
      problems.add(
          "failed: the process ended or stood still before its time, with " + process.exitValue());
    }
  }

  /** Kills a process that acknowledges nothing any more. */
  private static void endInTime(Process process) {
    try {
      if (!process.waitFor(Duration.ofMinutes(2))) {
        process.toHandle().destroyForcibly();
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private void verify() {
    Map<Place, Long> found = new HashMap<>();
    try (Store store = open()) {
      for (Account account : store.directory().accounts(null)) {
        AccountModel.read(store, account.id(), problems)
            .folders
            .values()
            .forEach(folder ->
                folder.entries.forEach(
                    e -> found.put(new Place(folder.mailbox, e.uid()), e.token())));
      }
      StoreCheck.run(store).forEach(violation -> problems.add("corrupt: " + violation));
    } catch (UncheckedIOException e) {
      problems.add("corrupt: it cannot be read: " + e);
    }
    acknowledged.forEach((token, place) -> {
      if (!token.equals(found.get(place))) {
        problems.add("lost: message " + token + " of " + place + ": " + found.get(place));
      }
    });
  }
}
