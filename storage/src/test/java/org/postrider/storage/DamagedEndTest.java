package org.postrider.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The machine died, or the store was closed, and after it a page of the file is damaged. H2 would
 * go back to the last version that does not need that page. The store must open with everything
 * that was acknowledged, or refuse.
 */
class DamagedEndTest {
  private static final int PAGE = 4096;
  private static final int MESSAGES = 60;
  private static final int SAMPLES = Integer.getInteger("postrider.damage.pages", 30);
  private static final long SEED = Long.getLong("postrider.damage.seed", 1);
  private static final Pattern CHUNK = Pattern.compile("^chunk:.*,version:([0-9a-f]+)");
  private static final String FILE = "postrider.mv.db";

  @TempDir private static Path directory;

  /** The file as it was when the machine died. */
  private static byte[] died = {};

  /** The file of the same store after it was closed in order. */
  private static byte[] closed = {};

  @BeforeAll
  static void dies() throws IOException, InterruptedException {
    Path live = directory.resolve("live");
    try (Store store = Store.open(StoreSettings.inDirectory(live), new FakeClock())) {
      Account account = store.directory().createAccount("a@example.org", null);
      for (int i = 0; i < MESSAGES; i++) {
        TestMail.deliver(store, account, "m" + i, 500 + 150 * i);
      }
      // By another process: if this one closed the file, its lock would be gone.
      new ProcessBuilder("cp", live.resolve(FILE).toString(), directory.resolve("died").toString())
          .start()
          .waitFor();
    }
    died = Files.readAllBytes(directory.resolve("died"));
    closed = Files.readAllBytes(live.resolve(FILE));
  }

  private static StoreSettings damaged(String name, byte[] image, int page, SplittableRandom random)
      throws IOException {
    Path copy = Files.createDirectories(directory.resolve(name));
    Files.write(copy.resolve(FILE), image);
    try (RandomAccessFile file = new RandomAccessFile(copy.resolve(FILE).toFile(), "rw")) {
      byte[] garbage = new byte[PAGE];
      if (random.nextBoolean()) {
        random.nextBytes(garbage);
      }
      file.seek((long) page * PAGE);
      file.write(garbage);
    }
    return StoreSettings.inDirectory(copy);
  }

  private static int count(Store store) {
    Account account = store.directory().account("a@example.org").orElseThrow();
    return (int) store.mailboxes().find(account.id(), "INBOX").orElseThrow().messages();
  }

  @Test
  void afterADisorderlyEndItOpensWithEverythingOrRefuses() throws IOException {
    openDamaged(died);
  }

  /** H2 looks at the beginnings of the newest chunks all the same. */
  @Test
  void afterAnOrderlyEndItOpensWithEverythingOrRefuses() throws IOException {
    openDamaged(closed);
  }

  private static void openDamaged(byte[] image) throws IOException {
    SplittableRandom random = new SplittableRandom(SEED);
    int pages = image.length / PAGE;
    int opened = 0;
    List<String> older = new ArrayList<>();
    for (int i = 0; i < Math.min(SAMPLES, pages); i++) {
      int page = SAMPLES >= pages ? i : random.nextInt(pages);
      StoreSettings settings = damaged("page", image, page, random);
      try (Store store = Store.open(settings, new FakeClock())) {
        opened++;
        if (count(store) != MESSAGES) {
          older.add("page " + page + ": " + count(store) + " messages");
        }
      } catch (StorageException refused) {
        // It cannot be opened, or what is damaged cannot be read.
        assertThat(refused.reason())
            .as("page " + page)
            .isIn(StorageException.Reason.UNAVAILABLE, StorageException.Reason.DAMAGED);
      }
    }
    assertThat(older).isEmpty();
    assertThat(opened).isPositive();
  }

  /** The page at which the newest chunk begins: of it nothing else tells. */
  @Test
  void anOlderStateIsTakenWhenItIsAccepted() throws IOException {
    int newest = 0;
    long version = 0;
    for (int page = 2; page < died.length / PAGE; page++) {
      String start = new String(died, page * PAGE, 200, StandardCharsets.ISO_8859_1);
      Matcher matcher = CHUNK.matcher(start);
      if (matcher.find() && Long.parseLong(matcher.group(1), 16) > version) {
        version = Long.parseLong(matcher.group(1), 16);
        newest = page;
      }
    }
    StoreSettings settings = damaged("newest", died, newest, new SplittableRandom(SEED));
    assertThatThrownBy(() -> Store.open(settings, new FakeClock()))
        .isInstanceOf(StorageException.class)
        .hasMessageContaining("postrider restore")
        .hasMessageContaining("--accept-older");
    Path copy = directory.resolve("newest").resolve(FILE);
    Path before = directory.resolve("newest.before");
    Files.copy(copy, before, StandardCopyOption.REPLACE_EXISTING);
    assertThatThrownBy(() -> Store.open(settings, new FakeClock()));
    assertThat(copy).hasSameBinaryContentAs(before);

    StoreCompaction.Result result = StoreCompaction.run(settings, true, (what, done, all) -> {});
    assertThat(result.wentBackTo()).isNotNull();
    try (Store store = Store.open(settings, new FakeClock())) {
      assertThat(count(store)).isBetween(MESSAGES - 2, MESSAGES);
      assertThat(StoreCheck.run(store)).isEmpty();
    }
  }
}
