package org.postrider.imap.session;

import java.util.LinkedHashMap;
import java.util.Map;
import org.postrider.storage.MailboxId;

/**
 * Which messages are {@code \Recent} (RFC 3501 §2.3.2): of each mailbox the least UID that no
 * session of this process was told of. The first session that opens the mailbox for writing and
 * sees such a message has it as recent, no other has. The marks are not kept across a restart: what
 * came before a mailbox is first looked at is not recent, so that a restart does not make all mail
 * new again.
 */
public final class RecentMarks {
  /** Mailboxes whose mark is remembered; a forgotten one starts anew. */
  private static final int MAILBOXES_MAX = 100_000;

  private final Map<MailboxId, Long> marks =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<MailboxId, Long> eldest) {
          return size() > MAILBOXES_MAX;
        }
      };

  /** The least recent UID; messages from there to {@code uidNext} are now this session's. */
  synchronized long claim(MailboxId mailbox, long uidNext) {
    long mark = peek(mailbox, uidNext);
    marks.put(mailbox, Math.max(mark, uidNext));
    return mark;
  }

  /** The least UID that nobody was told of, without claiming it. */
  public synchronized long peek(MailboxId mailbox, long uidNext) {
    Long mark = marks.putIfAbsent(mailbox, uidNext);
    return mark == null ? uidNext : mark;
  }
}
