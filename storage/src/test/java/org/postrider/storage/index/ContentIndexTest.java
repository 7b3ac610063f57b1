package org.postrider.storage.index;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postrider.storage.ContentFeed;
import org.postrider.storage.ContentWriter;
import org.postrider.storage.MailboxId;
import org.postrider.storage.MessageEntry;
import org.postrider.storage.MessageFlags;
import org.postrider.storage.Messages;
import org.postrider.storage.StagedContent;
import org.postrider.storage.Store;
import org.postrider.storage.StoreSettings;

/** What becomes of an index when the store or its own files are not as it left them. */
class ContentIndexTest {
  private static final IndexLimits LIMITS =
      new IndexLimits(
          16, 1000, 16, Duration.ZERO, Duration.ofMillis(20), Duration.ofMillis(5), Duration.ZERO);

  @TempDir Path directory;
  private Path files;
  private Store store;
  private ContentIndex index;
  private MailboxId inbox;

  /** The whole message is its text. */
  private record WholeTexts(Store store, String version) implements ContentTexts {
    @Override
    public void read(ContentFeed.Fed content, Sink sink) throws IOException {
      store
          .contents()
          .bytes(
              List.of(content.content()),
              (id, bytes) -> sink.piece(Needle.Scope.BODY, new String(bytes, US_ASCII)));
      sink.endOfText();
    }
  }

  @BeforeEach
  void begin() {
    files = directory.resolve(ContentIndex.DIRECTORY);
    store = store(Duration.ZERO);
    index = index("1");
    store.directory().createAccount("alice@example.org", null);
    inbox =
        store
            .mailboxes()
            .find(store.directory().account("alice@example.org").orElseThrow().id(), "INBOX")
            .orElseThrow()
            .id();
  }

  private Store store(Duration later) {
    Clock clock = Clock.offset(Clock.systemUTC(), later);
    return Store.open(StoreSettings.inDirectory(directory), clock);
  }

  private ContentIndex index(String version) {
    ContentIndex started = new ContentIndex(store, files, new WholeTexts(store, version), LIMITS);
    started.start();
    return started;
  }

  private void open(String version) {
    store = store(Duration.ZERO);
    index = index(version);
  }

  @AfterEach
  void close() {
    index.close();
    store.close();
  }

  private void deliver(String text) {
    byte[] bytes = ("Subject: x\r\n\r\n" + text + "\r\n").getBytes(US_ASCII);
    try (ContentWriter writer = store.contents().write()) {
      writer.write(bytes, 0, bytes.length);
      try (StagedContent staged = writer.finish()) {
        store
            .messages()
            .append(inbox, List.of(new Messages.NewMessage(staged, MessageFlags.NONE, 1)));
      }
    }
  }

  private void awaitContents(long contents) {
    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> index.status().isComplete() && index.status().contents() == contents);
  }

  /** The UIDs of messages that the index does not exclude. */
  private List<Long> candidates(String needle) {
    ContentFilter filter = index.filters(List.of(new Needle(Needle.Scope.BODY, needle))).getFirst();
    List<MessageEntry> entries = new ArrayList<>();
    store.messages().scan(inbox, 1, Long.MAX_VALUE, entries::add);
    return entries.stream()
        .filter(entry -> !filter.excludes(entry.content()))
        .map(MessageEntry::uid)
        .toList();
  }

  private void deliverTwo() {
    deliver("the lantern is lit");
    deliver("nothing here");
    awaitContents(2);
    assertThat(candidates("lantern")).containsExactly(1L);
  }

  @Test
  void goesOnAfterARestart() {
    deliverTwo();
    close();
    open("1");
    awaitContents(2);
    deliver("another lantern");
    awaitContents(3);
    assertThat(candidates("lantern")).containsExactly(1L, 3L);
    assertThat(candidates("lan tern")).isEmpty();
    assertThat(candidates("rn")).containsExactly(1L, 3L);
    assertThat(candidates("l")).containsExactly(1L, 2L, 3L);
  }

  @Test
  void catchesUpWithWhatItMissed() {
    deliverTwo();
    index.close();
    deliver("a lantern that nobody saw");
    store.close();
    open("1");
    awaitContents(3);
    assertThat(candidates("lantern")).containsExactly(1L, 3L);
  }

  @Test
  void isMadeAnewForAnotherVersion() {
    deliverTwo();
    close();
    open("2");
    awaitContents(2);
    assertThat(candidates("lantern")).containsExactly(1L);
  }

  @Test
  void isMadeAnewWhenItIsAskedTo() {
    deliverTwo();
    index.rebuild();
    awaitContents(2);
    assertThat(candidates("lantern")).containsExactly(1L);
  }

  @Test
  void isMadeAnewWhenItIsDamaged() throws IOException {
    deliverTwo();
    close();
    try (Stream<Path> all = Files.list(files)) {
      all.filter(file -> file.toString().endsWith(".cfs")).forEach(ContentIndexTest::damage);
    }
    open("1");
    awaitContents(2);
    assertThat(candidates("lantern")).containsExactly(1L);
  }

  private static void damage(Path file) {
    try {
      byte[] bytes = Files.readAllBytes(file);
      bytes[bytes.length / 2] ^= 1;
      Files.write(file, bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The ids of the other store's contents are the same. */
  @Test
  void isMadeAnewForAnotherStore() throws IOException {
    deliverTwo();
    close();
    Files.delete(directory.resolve("postrider.mv.db"));
    begin();
    deliver("nothing here");
    deliver("the lantern is lit");
    awaitContents(2);
    assertThat(candidates("lantern")).containsExactly(2L);
  }

  /** As after a copy of the file was brought back. */
  @Test
  void isMadeAnewForAnOlderStateOfItsStore() throws IOException {
    deliverTwo();
    close();
    Path file = directory.resolve("postrider.mv.db");
    byte[] older = Files.readAllBytes(file);
    open("1");
    deliver("the third");
    awaitContents(3);
    close();
    Files.write(file, older);
    open("1");
    deliver("a lantern in its place");
    awaitContents(3);
    assertThat(candidates("lantern")).containsExactly(1L, 3L);
  }

  @Test
  void forgetsWhatWasSwept() {
    deliverTwo();
    assertThat(index.status().octets()).isPositive();
    store.messages().expunge(inbox, new long[] {1}, "imap");
    for (int days : new int[] {30, 31}) { // first the message goes, then its content
      close();
      store = store(Duration.ofDays(days));
      index = index("1");
      while (store.contents().sweep(100) > 0) {}
    }
    awaitContents(1);
  }

  @Test
  void leavesOutWhatHasTooManyGrams() {
    StringBuilder many = new StringBuilder();
    for (int i = 0; i < 2000; i++) {
      many.append(Integer.toString(i * 7919, 36)).append(i % 10 == 9 ? "\r\n" : "");
    }
    deliver(many.toString());
    deliver("nothing here");
    awaitContents(1);
    assertThat(candidates("lantern")).containsExactly(1L);
  }
}
