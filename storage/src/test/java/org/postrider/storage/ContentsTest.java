package org.postrider.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.postrider.storage.StorageException.Reason.TOO_BIG;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ContentsTest extends StoreFixture {
  private ContentId contentOf(byte[] message) {
    try (StagedContent content = TestMail.stage(store, message)) {
      store
          .messages()
          .append(inbox, List.of(new Messages.NewMessage(content, MessageFlags.NONE, 1)));
    }
    return scan(inbox).getLast().content();
  }

  private byte[] copy(ContentId content, long offset, long length) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    store.contents().copy(content, offset, length, out);
    return out.toByteArray();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 65_400, 65_536, 65_537, 131_072, 1 << 20, (3 << 20) + 17})
  void givesBackWhatCame(int bodyOctets) throws IOException {
    byte[] message = TestMail.message("s", bodyOctets);
    ContentId content = contentOf(message);
    assertThat(copy(content, 0, Long.MAX_VALUE)).isEqualTo(message);
    store
        .contents()
        .bytes(List.of(content, content), (id, bytes) -> assertThat(bytes).isEqualTo(message));
    int header = (int) store.contents().digest(content).headerSize();
    assertThat(store.contents().header(content)).isEqualTo(Arrays.copyOf(message, header));
    int from = message.length / 2;
    assertThat(copy(content, from, 70_000))
        .isEqualTo(Arrays.copyOfRange(message, from, Math.min(message.length, from + 70_000)));
    assertThat(copy(content, message.length, 5)).isEmpty();
  }

  @Test
  void givesBackAHugeHeader() throws IOException {
    byte[] message = ("Subject: " + "x\r\n ".repeat(500_000) + "y\r\n\r\nbody").getBytes("UTF-8");
    ContentId content = contentOf(message);
    assertThat(copy(content, 0, Long.MAX_VALUE)).isEqualTo(message);
    long header = store.contents().digest(content).headerSize();
    assertThat(store.contents().header(content)).hasSize((int) header);
  }

  @Test
  void takesAnEmptyContent() throws IOException {
    ContentId content = contentOf(new byte[0]);
    assertThat(copy(content, 0, 10)).isEmpty();
    assertThat(store.contents().header(content)).isEmpty();
  }

  @Test
  void givesManyInTheOrderAsked() throws IOException {
    List<ContentId> contents = new ArrayList<>();
    for (int i = 0; i < 600; i++) {
      contents.add(contentOf(TestMail.message("n" + i, 10)));
    }
    List<ContentId> backwards = contents.reversed();
    List<ContentId> seen = new ArrayList<>();
    store.contents().digests(backwards, (id, digest) -> seen.add(id));
    assertThat(seen).isEqualTo(backwards);
    List<Integer> sizes = new ArrayList<>();
    store.contents().headers(backwards, (id, bytes) -> sizes.add(bytes.length));
    assertThat(sizes).hasSize(600);
  }

  @Test
  void refusesWhatIsTooLong() {
    try (ContentWriter writer = store.contents().write()) {
      byte[] megabyte = new byte[1 << 20];
      for (int i = 0; i < 100; i++) {
        writer.write(megabyte, 0, megabyte.length);
      }
      assertRefused(TOO_BIG, () -> writer.write('x'));
    }
    clock.advance(Duration.ofHours(2));
    while (store.contents().sweep(100) > 0) {}
    assertThat(StoreCheck.run(store)).isEmpty();
  }

  @Test
  void sweepsWhatNobodyTookAndKeepsWhatIsUnderWay() {
    byte[] big = TestMail.message("big", 2 << 20);
    StagedContent abandoned = TestMail.stage(store, big);
    abandoned.close();
    StagedContent underWay = TestMail.stage(store, big);
    clock.advance(Duration.ofHours(2));
    assertThat(store.contents().sweep(100)).isPositive();
    assertThat(store.contents().sweep(100)).isZero();
    store
        .messages()
        .append(inbox, List.of(new Messages.NewMessage(underWay, MessageFlags.NONE, 1)));
    underWay.close();
    assertThat(store.statistics().contents()).isEqualTo(1);
  }

  @Test
  void letsGoAfterTheRetention() {
    append(inbox);
    append(inbox);
    store.messages().copy(inbox, new long[] {1}, mailbox("Sent").id());
    store.messages().expunge(inbox, new long[] {1, 2}, "imap");
    clock.advance(Duration.ofDays(13));
    assertThat(store.contents().sweep(100)).isZero();
    clock.advance(Duration.ofDays(2));
    assertThat(store.contents().sweep(100)).isEqualTo(2);
    clock.advance(Duration.ofHours(2));
    while (store.contents().sweep(100) > 0) {}
    assertThat(store.statistics().contents()).isEqualTo(1);
    assertThat(store.messages().changesSince(inbox, 1).vanished()).containsExactly(1, 2);
  }

  @Test
  void letsRemovedMailboxesAndAccountsGo() {
    Account bob = store.directory().createAccount("bob@example.org", null);
    for (int i = 0; i < 25; i++) {
      TestMail.deliver(store, bob, "x", 10);
    }
    MailboxId bobs = store.mailboxes().find(bob.id(), "INBOX").orElseThrow().id();
    store.messages().expunge(bobs, new long[] {3, 4}, "imap");
    store.directory().removeAccount(bob.id());
    Mailbox box = store.mailboxes().create(alice.id(), "box", null);
    append(box.id());
    store.mailboxes().delete(alice.id(), "box");
    clock.advance(Duration.ofDays(15));
    while (store.contents().sweep(10) > 0) {
      assertThat(StoreCheck.run(store)).isEmpty();
    }
    clock.advance(Duration.ofHours(2));
    while (store.contents().sweep(10) > 0) {}
    assertThat(store.statistics())
        .extracting(StoreStatistics::contents, StoreStatistics::messages)
        .containsExactly(0L, 0L);
  }
}
