package org.postrider.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Pages of a store's file are overwritten with random octets: everything else is still served, what
 * is bad is named, and compaction makes a sound store of the rest.
 */
class DamagedFileTest {
  private static final int ACCOUNTS = 4;
  private static final int MESSAGES = 100;
  private static final int PAGE = 4096;
  private static final String FILE = "postrider.mv.db";
  private static final int COPIES = Integer.getInteger("postrider.damage.copies", 3);
  private static final long SEED = Long.getLong("postrider.damage.seed", 1);

  @TempDir private static Path directory;

  /** A message's place, and what is in it. */
  private record Place(String account, long uid) {}

  private static final Map<Place, byte[]> MAIL = new ConcurrentHashMap<>();

  @BeforeAll
  static void fill() {
    Path clean = directory.resolve("clean");
    try (Store store = Store.open(StoreSettings.inDirectory(clean), new FakeClock())) {
      for (int i = 0; i < ACCOUNTS; i++) {
        store.directory().createAccount(i + "@example.org", null);
      }
      IntStream.range(0, ACCOUNTS).parallel().forEach(account -> fill(store, account));
    }
  }

  @Test
  void servesTheRestNamesTheBadAndExportsTheRest() throws IOException {
    Path original = directory.resolve("clean");
    int opened = 0;
    int kept = 0;
    for (int copy = 0; copy < COPIES; copy++) {
      SplittableRandom random = new SplittableRandom(SEED + copy);
      Path damaged = Files.createDirectory(directory.resolve("copy" + copy));
      Path file = damaged.resolve(FILE);
      Files.copy(original.resolve(FILE), file);
      overwrite(file, random, 1 + copy % 3);
      Set<Place> served;
      try (Store store = Store.open(StoreSettings.inDirectory(damaged), new FakeClock())) {
        served = verify(store, "seed " + (SEED + copy));
      } catch (StorageException e) {
        assertThat(e.reason()).isEqualTo(StorageException.Reason.UNAVAILABLE);
        continue;
      }
      opened++;
      kept += served.size();
      StoreCompaction.run(StoreSettings.inDirectory(damaged), false, (what, done, total) -> {});
      try (Store store = Store.open(StoreSettings.inDirectory(damaged), new FakeClock())) {
        assertThat(verify(store, "compacted, seed " + (SEED + copy))).containsAll(served);
        assertThat(StoreCheck.run(store))
            .as("seed " + (SEED + copy))
            .allMatch(line ->
                line.startsWith("message is damaged")
                    || line.startsWith("message row without its content")
                    || line.startsWith("content is damaged"));
      }
      delete(damaged);
    }
    assertThat(opened).isGreaterThan(COPIES / 2);
    // A page has some messages of a few hundred; three pages do not take a tenth of all.
    assertThat(kept).isGreaterThan(opened * MAIL.size() * 9 / 10);
  }

  private static void fill(Store store, int no) {
    Account account = store.directory().account(no + "@example.org").orElseThrow();
    for (int i = 0; i < MESSAGES; i++) {
      int size = i % 50 == 0 ? 200_000 : 3_000 + 20 * i;
      String subject = "m" + i + " of " + no;
      long uid = TestMail.deliver(store, account, subject, size).uid();
      MAIL.put(new Place(account.login(), uid), TestMail.message(subject, size));
    }
  }

  private static void overwrite(Path file, SplittableRandom random, int pages) throws IOException {
    int count = (int) (Files.size(file) / PAGE);
    for (int i = 0; i < pages; i++) {
      // not the two copies of the header: those are for the power-loss proof
      overwrite(file, random, PAGE * (2L + random.nextInt(count - 2)));
    }
  }

  private static void overwrite(Path file, SplittableRandom random, long at) throws IOException {
    byte[] garbage = new byte[PAGE];
    random.nextBytes(garbage);
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.wrap(garbage), at);
    }
  }

  /** Checks and reads everything; returns what is served, all of which is right. */
  private Set<Place> verify(Store store, String description) throws IOException {
    List<Violation> violations = new ArrayList<>();
    StoreCheck.run(
        store,
        new StoreCheck.Options(true, true),
        new StoreCheck.Listener() {
          @Override
          public void progress(String what, long done, long total) {}

          @Override
          public void violation(Violation violation) {
            violations.add(violation);
          }
        });
    Set<Place> served = new HashSet<>();
    Set<Place> refused = new HashSet<>();
    for (int i = 0; i < ACCOUNTS; i++) {
      String login = i + "@example.org";
      Account account = store.directory().account(login).orElseThrow();
      MailboxId inbox = store.mailboxes().find(account.id(), "INBOX").orElseThrow().id();
      Messages.Snapshot snapshot = store.messages().snapshot(inbox);
      List<MessageEntry> entries = store.messages().entries(inbox, snapshot.uids());
      Map<ContentId, Place> places = new HashMap<>();
      entries.forEach(e -> places.put(e.content(), new Place(login, e.uid())));
      store
          .contents()
          .bytes(
              entries.stream().map(MessageEntry::content).toList(),
              new Contents.BytesSink() {
                @Override
                public void content(ContentId content, byte[] bytes) {
                  Place place = places.get(content);
                  assertThat(Arrays.equals(bytes, MAIL.get(place)))
                      .as(description + ": " + place + " has its own bytes")
                      .isTrue();
                  served.add(place);
                }

                @Override
                public void damaged(ContentId content) {
                  refused.add(places.get(content));
                }
              });
    }
    Set<Place> lost = new HashSet<>(MAIL.keySet());
    lost.removeAll(served);
    if (!lost.isEmpty() && description.startsWith("seed")) {
      assertThat(violations).as(description + ": " + lost + " are named").isNotEmpty();
    }
    for (Place place : refused) {
      assertThat(violations)
          .as(description + ": " + place + " is named")
          .anyMatch(v -> v.subject().contains(place.account + " INBOX UID " + place.uid));
    }
    return served;
  }

  private static void delete(Path directory) throws IOException {
    try (var files = Files.newDirectoryStream(directory)) {
      for (Path file : files) {
        Files.delete(file);
      }
    }
  }
}
