package org.postrider.storage;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Small messages for tests. */
final class TestMail {
  private TestMail() {}

  static byte[] message(String subject, int bodyOctets) {
    byte[] header =
        ("From: a@example.org\r\nTo: b@example.org\r\nSubject: " + subject + "\r\n\r\n")
            .getBytes(StandardCharsets.UTF_8);
    byte[] bytes = Arrays.copyOf(header, header.length + bodyOctets);
    for (int i = header.length; i < bytes.length; i++) {
      int column = (i - header.length) % 72;
      bytes[i] = (byte) (column == 70 ? '\r' : column == 71 ? '\n' : 'a' + column % 26);
    }
    return bytes;
  }

  static StagedContent stage(Store store, byte[] bytes) {
    try (ContentWriter writer = store.contents().write()) {
      writer.write(bytes, 0, bytes.length);
      return writer.finish();
    }
  }

  static Delivery delivery(
      StagedContent content, List<Delivery.Target> local, List<String> remote) {
    return new Delivery(
        content,
        "sender@example.net",
        local,
        remote.stream().map(Delivery.Remote::new).toList(),
        "",
        1_000,
        "session",
        (@Nullable AccountId) null);
  }

  static Delivery.Filed deliver(Store store, Account account, String subject, int bodyOctets) {
    try (StagedContent content = stage(store, message(subject, bodyOctets))) {
      return store
          .queue()
          .deliver(
              delivery(
                  content,
                  List.of(new Delivery.Target(account.id(), "INBOX", account.login())),
                  List.of()))
          .filed()
          .getFirst();
    }
  }

  static long append(Store store, MailboxId mailbox, MessageFlags flags, int bodyOctets) {
    try (StagedContent content = stage(store, message("append", bodyOctets))) {
      return store
          .messages()
          .append(mailbox, List.of(new Messages.NewMessage(content, flags, 2_000)))
          .uids()[0];
    }
  }
}
