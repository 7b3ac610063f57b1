package org.postrider.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postrider.control.operation.FolderRestore;
import org.postrider.control.operation.MessageList;
import org.postrider.control.operation.MessageRestore;
import org.postrider.control.operation.MessageView;
import org.postrider.control.operation.Operation;
import org.postrider.control.operation.Refusal;
import org.postrider.control.operation.UserQuota;
import org.postrider.storage.ContentWriter;
import org.postrider.storage.Mailbox;
import org.postrider.storage.MessageFlags;
import org.postrider.storage.Messages;
import org.postrider.storage.StagedContent;
import org.postrider.storage.Store;
import org.postrider.storage.SystemFlag;

/** What administrators see of deleted mail, and how they get it back. */
class UndeleteTest {
  private static final String ALICE = "alice@example.org";

  @TempDir Path data;

  private TestServer server;
  private Mailbox inbox;
  private final List<String> progress = new ArrayList<>();

  @BeforeEach
  void start() throws Exception {
    server = new TestServer(data);
    Store store = server.store();
    inbox =
        store
            .mailboxes()
            .find(store.directory().createAccount(ALICE, null).id(), "INBOX")
            .orElseThrow();
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private <R extends Record> R execute(Operation<R> operation) throws Refusal {
    return new ControlClient(server.installation(), ControlLimits.defaults())
        .execute(operation, (what, done, total) -> progress.add(done + "/" + total + " " + what));
  }

  private void append(int count, String header) {
    byte[] bytes = (header + "\r\n\r\nbody\r\n").getBytes(StandardCharsets.UTF_8);
    List<Messages.NewMessage> messages = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      ContentWriter writer = server.store().contents().write();
      writer.write(bytes, 0, bytes.length);
      messages.add(
          new Messages.NewMessage(writer.finish(), MessageFlags.of(SystemFlag.SEEN), 5000));
    }
    server.store().messages().append(inbox.id(), messages);
    messages.forEach(message -> closed(message.content()));
  }

  private static void closed(StagedContent content) {
    content.close();
  }

  private void expunge(long first, long last) {
    server
        .store()
        .messages()
        .expunge(inbox.id(), LongStream.rangeClosed(first, last).toArray(), "imap");
  }

  private static MessageRestore restore(boolean dryRun, Long... uids) {
    return new MessageRestore(ALICE, "INBOX", Instant.EPOCH, List.of(uids), null, dryRun);
  }

  @Test
  void listsWhoWroteWhatAndWhenItWent() throws Refusal {
    append(
        1,
        "From: =?utf-8?q?J=C3=B6rg?= <j@example.net>\r\n"
            + "Subject: a\u001b[31m =?utf-8?b?w7w=?=\r\n"
            + " b");
    append(1, "From: bare@example.net");
    assertThat(execute(new MessageList(ALICE, "inbox", null, 1)).messages())
        .extracting(MessageView::from, MessageView::subject, MessageView::flags)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple(
                "bare@example.net", "", List.of(SystemFlag.SEEN.imapName())));
    Instant before = Instant.ofEpochMilli(System.currentTimeMillis());
    expunge(1, 1);
    MessageList.Reply reply = execute(new MessageList(ALICE, "INBOX", before, 10));
    assertThat(reply.total()).isOne();
    MessageView gone = reply.messages().getFirst();
    assertThat(gone.from()).isEqualTo("J\u00f6rg");
    assertThat(gone.subject()).isEqualTo("a [31m \u00fc b");
    assertThat(gone.deletedBy()).isEqualTo("imap");
    assertThat(gone.deleted()).isAfterOrEqualTo(before);
    assertThat(gone.received()).isEqualTo(Instant.ofEpochMilli(5000));
    assertThat(execute(new MessageList(ALICE, "INBOX", Instant.now().plusSeconds(60), 10)).total())
        .isZero();
  }

  @Test
  void restoresInBatchesOnceAndOnlyOnce() throws Refusal {
    append(1201, "Subject: many");
    expunge(1, 1201);
    MessageRestore.Reply dry = execute(restore(true));
    assertThat(dry.messages()).isEqualTo(1201);
    assertThat(execute(new MessageList(ALICE, "INBOX", null, 10)).total()).isZero();
    MessageRestore.Reply some = execute(restore(false, 7L, 9L, 5000L));
    assertThat(some.messages()).isEqualTo(2);
    assertThat(some.notHeld()).containsExactly(5000L);
    progress.clear();
    MessageRestore.Reply rest = execute(restore(false));
    assertThat(rest.messages()).isEqualTo(1199);
    assertThat(rest.bytes()).isEqualTo(dry.bytes() - some.bytes());
    assertThat(progress)
        .containsExactly("500/1199 messages", "1000/1199 messages", "1199/1199 messages");
    assertThat(execute(restore(false)).messages()).isZero();
    MessageList.Reply all = execute(new MessageList(ALICE, "INBOX", null, 10_000));
    assertThat(all.messages()).hasSize(1201).allMatch(m -> m.uid() > 1201);
  }

  @Test
  void refusesWhatDoesNotFitTheQuota() throws Refusal {
    append(10, "Subject: ten");
    expunge(1, 10);
    execute(new UserQuota(ALICE, null, 9L));
    for (boolean dryRun : new boolean[] {true, false}) {
      assertThatThrownBy(() -> execute(restore(dryRun)))
          .isInstanceOf(Refusal.class)
          .hasMessageContaining("10 messages")
          .hasMessageContaining("postrider user quota");
    }
    assertThat(execute(restore(false, 1L, 2L)).messages()).isEqualTo(2);
  }

  @Test
  void pointsFromAMessageToItsDeletedFolder() throws Refusal {
    Store store = server.store();
    store.mailboxes().create(inbox.account(), "Old", null);
    store.mailboxes().delete(inbox.account(), "Old");
    assertThatThrownBy(() -> execute(new MessageList(ALICE, "Old", Instant.EPOCH, 10)))
        .hasMessageContaining("postrider folder restore");
    assertThat(execute(new FolderRestore(ALICE, "Old", null)).sameUidValidity()).isTrue();
    assertThat(execute(new MessageList(ALICE, "Old", Instant.EPOCH, 10)).total()).isZero();
  }
}
