package org.postrider.pop3;

import java.util.Arrays;
import java.util.BitSet;
import org.postrider.storage.ContentId;
import org.postrider.storage.Mailbox;
import org.postrider.storage.MessageEntry;
import org.postrider.storage.Messages;

/**
 * A mailbox as one session sees it: the messages that were there when it began, numbered from 1,
 * and the marks of DELE (RFC 1939 §4). Some 24 octets of memory per message.
 */
final class Maildrop {
  private static final long UID_MAX = 0xffff_ffffL;

  private final Mailbox mailbox;
  private final BitSet marked = new BitSet();
  private int count;
  private long[] uids = new long[64];
  private long[] sizes = new long[64];
  private long[] contents = new long[64];
  private long totalSize;
  private long markedSize;

  private Maildrop(Mailbox mailbox) {
    this.mailbox = mailbox;
  }

  static Maildrop open(Messages messages, Mailbox mailbox) {
    Maildrop maildrop = new Maildrop(mailbox);
    messages.scan(mailbox.id(), 1, UID_MAX, maildrop::add);
    return maildrop;
  }

  private void add(MessageEntry entry) {
    if (count == uids.length) {
      uids = Arrays.copyOf(uids, 2 * count);
      sizes = Arrays.copyOf(sizes, 2 * count);
      contents = Arrays.copyOf(contents, 2 * count);
    }
    uids[count] = entry.uid();
    sizes[count] = entry.size();
    contents[count] = entry.content().value();
    totalSize += entry.size();
    count++;
  }

  Mailbox mailbox() {
    return mailbox;
  }

  /** The greatest message number. */
  int last() {
    return count;
  }

  /** Whether there is such a message, and it is not marked. */
  boolean has(int message) {
    return message >= 1 && message <= count && !marked.get(message);
  }

  /** Octets as stored. */
  long size(int message) {
    return sizes[message - 1];
  }

  ContentId content(int message) {
    return new ContentId(contents[message - 1]);
  }

  /** Stable for ever: UIDVALIDITY and UID. At most 21 characters (RFC 1939 §7: 70). */
  String uniqueId(int message) {
    return mailbox.uidValidity() + "." + uids[message - 1];
  }

  /** Messages without a mark. */
  int messages() {
    return count - marked.cardinality();
  }

  /** Octets of the messages without a mark. */
  long octets() {
    return totalSize - markedSize;
  }

  void mark(int message) {
    marked.set(message);
    markedSize += size(message);
  }

  void unmarkAll() {
    marked.clear();
    markedSize = 0;
  }

  /** The UIDs of the marked messages, ascending. */
  long[] markedUids() {
    return marked.stream().mapToLong(message -> uids[message - 1]).toArray();
  }
}
