package org.postrider.imap.content;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.postrider.imap.syntax.IndexRanges;
import org.postrider.storage.MailboxId;
import org.postrider.storage.MessageEntry;
import org.postrider.storage.Messages;

/**
 * Entries of many messages, a page at a time, in order. No connection of the store is held while
 * the page is worked on, so that a client that reads slowly delays nobody.
 */
public final class EntryPages {
  /** Entries of a page. */
  private static final int PAGE = 1000;

  /** A range that long is scanned; shorter ones are asked for together. */
  private static final int SCAN_MIN = 32;

  /** Takes a page: by UID, without those that are gone. */
  @FunctionalInterface
  public interface Sink {
    void page(List<MessageEntry> entries) throws IOException;
  }

  private final Messages messages;
  private final MailboxId mailbox;
  private final long[] uids;
  private final Sink sink;
  private final long[] few = new long[PAGE];
  private int fewCount;
  private int found;

  private EntryPages(Messages messages, MailboxId mailbox, long[] uids, Sink sink) {
    this.messages = messages;
    this.mailbox = mailbox;
    this.uids = uids;
    this.sink = sink;
  }

  /**
   * Reads the entries at those indexes of {@code uids}.
   *
   * @return how many there were
   */
  public static int read(
      Messages messages, MailboxId mailbox, long[] uids, IndexRanges which, Sink sink)
      throws IOException {
    EntryPages pages = new EntryPages(messages, mailbox, uids, sink);
    for (int range = 0; range < which.ranges(); range++) {
      pages.range(which.from(range), which.to(range));
    }
    pages.flush();
    return pages.found;
  }

  private void range(int from, int to) throws IOException {
    if (to - from >= SCAN_MIN) {
      flush();
      for (int i = from; i < to; i += PAGE) {
        List<MessageEntry> page = new ArrayList<>(Math.min(PAGE, to - i));
        messages.scan(mailbox, uids[i], uids[Math.min(i + PAGE, to) - 1], page::add);
        deliver(page);
      }
    } else {
      for (int i = from; i < to; i++) {
        few[fewCount++] = uids[i];
        if (fewCount == PAGE) {
          flush();
        }
      }
    }
  }

  private void flush() throws IOException {
    if (fewCount > 0) {
      long[] wanted = Arrays.copyOf(few, fewCount);
      fewCount = 0;
      deliver(messages.entries(mailbox, wanted));
    }
  }

  private void deliver(List<MessageEntry> page) throws IOException {
    found += page.size();
    if (!page.isEmpty()) {
      sink.page(page);
    }
  }
}
