package org.postrider.imap.search;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postrider.imap.collation.UnicodeCasemap;
import org.postrider.imap.search.SearchKey.And;
import org.postrider.imap.search.SearchKey.AnyText;
import org.postrider.imap.search.SearchKey.BodyText;
import org.postrider.imap.search.SearchKey.Fuzzy;
import org.postrider.imap.search.SearchKey.HeaderText;
import org.postrider.imap.search.SearchKey.Not;
import org.postrider.imap.search.SearchKey.Or;
import org.postrider.imap.session.MailboxView;
import org.postrider.imap.session.RecentMarks;
import org.postrider.storage.ContentWriter;
import org.postrider.storage.MailboxId;
import org.postrider.storage.MessageEntry;
import org.postrider.storage.MessageFlags;
import org.postrider.storage.Messages;
import org.postrider.storage.StagedContent;
import org.postrider.storage.Store;
import org.postrider.storage.StoreSettings;
import org.postrider.storage.index.ContentFilter;
import org.postrider.storage.index.ContentIndex;
import org.postrider.storage.index.IndexLimits;
import org.postrider.storage.index.Needle;
import org.postrider.storage.index.TextIndex;

/**
 * A search finds the same with an index as without, whatever is in the mail and in the index:
 * random mail, random needles; {@code -Dpostrider.search.seed=N} does the same again, {@code
 * -Dpostrider.search.needles=N} asks for more.
 */
class IndexedSearchTest {
  private static final int MESSAGES = 120;
  private static final int NEEDLES = Integer.getInteger("postrider.search.needles", 60);
  private static final long SEED = Long.getLong("postrider.search.seed", System.nanoTime());

  /** Of few words, so that needles are found, and near misses too. */
  private static final List<String> WORDS =
      List.of(
          "straße",
          "Straßenbahn",
          "ΣΊΣΥΦΟΣ",
          "naïve",
          "na\u00efve",
          "re:",
          "a",
          "ab",
          "aba",
          "abab",
          "漢字",
          "漢",
          "字典漢字",
          "\uD83D\uDE00\uD83D\uDE01",
          "ﬁnance",
          "İstanbul",
          "\u1E9E",
          "e\u0301cole",
          "x<y",
          "&amp;",
          "<b>bold</b>",
          "half<i>way</i>",
          "end",
          "lantern",
          "&nbsp;");

  private static final IndexLimits LIMITS =
      new IndexLimits(
          16,
          200_000,
          16,
          Duration.ofSeconds(3),
          Duration.ofSeconds(1),
          Duration.ofMillis(5),
          Duration.ZERO);

  /** A clock that the test moves: what is younger than three seconds is not indexed. */
  private static final class SteppedClock extends Clock {
    private volatile Instant now = Instant.parse("2024-02-01T09:00:05Z");

    @Override
    public Instant instant() {
      return now;
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }
  }

  @TempDir Path directory;
  private final Random random = new Random(SEED);
  private final SteppedClock clock = new SteppedClock();
  private final List<String> texts = new ArrayList<>();
  private Store store;
  private ContentIndex index;
  private MailboxId inbox;

  @BeforeEach
  void open() {
    store = Store.open(StoreSettings.inMemory(UUID.randomUUID().toString()), clock);
    var alice = store.directory().createAccount("alice@example.org", null);
    inbox = store.mailboxes().find(alice.id(), "INBOX").orElseThrow().id();
    index = new ContentIndex(store, directory, new IndexedTexts(store.contents()), LIMITS);
    index.start();
  }

  @AfterEach
  void close() {
    index.close();
    store.close();
  }

  @Test
  void findsTheSame() throws IOException {
    deliver(MESSAGES / 2);
    compare(); // nothing is in the index: all is too young
    clock.now = clock.now.plusSeconds(60);
    awaitIndexed(MESSAGES / 2);
    compare();
    deliver(MESSAGES / 2);
    compare(); // half of it is there
    clock.now = clock.now.plusSeconds(60);
    awaitIndexed(MESSAGES);
    compare();
    assertThat(excluded("QQXXJJ")).isEqualTo(MESSAGES);
    index.rebuild();
    compare();
    awaitIndexed(MESSAGES);
    compare();
  }

  private void awaitIndexed(int messages) {
    await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> index.status().contents() == messages && index.status().isComplete());
  }

  private long excluded(String needle) {
    ContentFilter filter = index.filters(List.of(new Needle(Needle.Scope.ANY, needle))).getFirst();
    List<MessageEntry> entries = new ArrayList<>();
    store.messages().scan(inbox, 1, Long.MAX_VALUE, entries::add);
    return entries.stream().filter(entry -> filter.excludes(entry.content())).count();
  }

  private void compare() throws IOException {
    for (int i = 0; i < NEEDLES; i++) {
      SearchKey key = key(2);
      assertThat(search(key, index))
          .as("seed %d, %s", SEED, key)
          .isEqualTo(search(key, TextIndex.NONE));
    }
  }

  private List<Long> search(SearchKey key, TextIndex with) throws IOException {
    List<Long> uids = new ArrayList<>();
    MailboxView view = new MailboxView(store.messages().snapshot(inbox), true, new RecentMarks());
    new SearchEvaluator(
            store, view, clock.millis(), key, (at, entry, score) -> uids.add(entry.uid()))
        .with(with)
        .run();
    return uids;
  }

  private SearchKey key(int depth) {
    return switch (random.nextInt(depth == 0 ? 3 : 7)) {
      case 0 -> new BodyText(needle());
      case 1 -> new AnyText(needle());
      case 2 -> new HeaderText(random.nextBoolean() ? "SUBJECT" : "X-Note", needle());
      case 3 -> new Not(key(depth - 1));
      case 4 -> new Or(key(depth - 1), key(depth - 1));
      case 5 -> new And(List.of(key(depth - 1), key(depth - 1)));
      default -> Fuzzy.of(key(0));
    };
  }

  /** Mostly a piece of what was sent, sometimes with something else in it. */
  private String needle() {
    String text = UnicodeCasemap.map(texts.get(random.nextInt(texts.size())));
    int length = Math.min(text.length(), 1 + random.nextInt(random.nextBoolean() ? 4 : 30));
    int from = random.nextInt(text.length() - length + 1);
    String piece = text.substring(from, from + length);
    return UnicodeCasemap.map(random.nextInt(4) == 0 ? piece + word() : piece);
  }

  private String word() {
    return WORDS.get(random.nextInt(WORDS.size()));
  }

  private String text(int words, String between) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < words; i++) {
      text.append(word())
          .append(random.nextInt(6) == 0 ? between : random.nextBoolean() ? " " : "");
    }
    texts.add(text.append('.').toString());
    return text.toString();
  }

  private void deliver(int count) {
    for (int i = 0; i < count; i++) {
      byte[] bytes = message().getBytes(UTF_8);
      try (ContentWriter writer = store.contents().write()) {
        writer.write(bytes, 0, bytes.length);
        try (StagedContent staged = writer.finish()) {
          store
              .messages()
              .append(
                  inbox,
                  List.of(new Messages.NewMessage(staged, MessageFlags.NONE, clock.millis())));
        }
      }
    }
  }

  private String message() {
    String subject =
        random.nextBoolean()
            ? text(3, " ")
            : "=?utf-8?B?"
                + Base64.getEncoder().encodeToString(text(3, " ").getBytes(UTF_8))
                + "?=";
    String header = "Subject: " + subject + "\r\nX-Note: " + text(2, " ") + "\r\n";
    return switch (random.nextInt(5)) {
      case 0 -> header + part("plain", false);
      case 1 -> header + part("html", random.nextBoolean());
      case 2 -> header + "Content-Type: message/rfc822\r\n\r\n" + header + part("plain", true);
      case 3 -> header + part("plain", true);
      default ->
          header
              + "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n"
              + part("plain", random.nextBoolean())
              + "\r\n--b\r\n"
              + part("html", random.nextBoolean())
              + "\r\n--b\r\nContent-Type: application/x\r\n\r\n"
              + text(4, " ")
              + "\r\n--b--\r\n";
    };
  }

  private String part(String subtype, boolean encoded) {
    // Long ones, so that pieces of a text are put together.
    String text = text(random.nextInt(20) == 0 ? 4_000 : 1 + random.nextInt(30), "\r\n");
    String type = "Content-Type: text/" + subtype + "; charset=utf-8\r\n";
    return encoded
        ? type
            + "Content-Transfer-Encoding: base64\r\n\r\n"
            + Base64.getMimeEncoder().encodeToString(text.getBytes(UTF_8))
        : type + "\r\n" + text;
  }
}
