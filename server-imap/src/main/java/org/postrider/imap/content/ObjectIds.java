package org.postrider.imap.content;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.postrider.message.Header;
import org.postrider.message.MessageId;
import org.postrider.storage.ContentId;
import org.postrider.storage.MailboxId;

/** Object identifiers (RFC 8474); the first letter says of what. */
public final class ObjectIds {
  /** Octets of a digest that are enough to tell the threads of an account apart. */
  private static final int THREAD_OCTETS = 12;

  private ObjectIds() {}

  /** MAILBOXID: it stays over a RENAME, and no other mailbox ever has it. */
  public static String mailbox(MailboxId id) {
    return "F" + id.value();
  }

  /** EMAILID: that of the content, which copies of a message share. */
  public static String email(ContentId id) {
    return "M" + id.value();
  }

  /**
   * THREADID: derived from the message that began the thread, as the header tells it, so that it
   * needs no other message and never changes; empty when the header names none.
   */
  public static Optional<String> thread(Header header) {
    for (String field : List.of("References", "In-Reply-To", "Message-ID")) {
      Optional<MessageId> root = header.first(field).flatMap(MessageId::parse);
      if (root.isPresent()) {
        byte[] digest = sha256(root.get().value());
        return Optional.of("T" + HexFormat.of().formatHex(digest, 0, THREAD_OCTETS));
      }
    }
    return Optional.empty();
  }

  private static byte[] sha256(String text) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
