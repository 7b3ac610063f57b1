package org.postrider.imap.command;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.postrider.imap.response.Untagged;
import org.postrider.imap.search.SearchRequest.Option;

/** Gathers what SEARCH finds, and says it in either form. */
final class SearchResult {
  private final boolean uid;
  private long[] numbers = new long[16];
  private int size;
  private long firstModSeq;
  private long lastModSeq;
  private long highestModSeq;

  /**
   * @param uid whether UIDs are told, not sequence numbers
   */
  SearchResult(boolean uid) {
    this.uid = uid;
  }

  /** Adds a message, in order. */
  void add(int index, long uidOfMessage, long modSeq) {
    if (size == numbers.length) {
      numbers = Arrays.copyOf(numbers, 2 * size);
    }
    if (size == 0) {
      firstModSeq = modSeq;
    }
    numbers[size++] = uid ? uidOfMessage : index + 1L;
    lastModSeq = modSeq;
    highestModSeq = Math.max(highestModSeq, modSeq);
  }

  Untagged search(boolean modSeq) {
    return new Untagged.Search(
        Arrays.copyOf(numbers, size), modSeq && size > 0 ? highestModSeq : 0);
  }

  /** RFC 4731 §3.1: MIN, MAX and ALL are left out when nothing was found. */
  Untagged extended(String tag, Set<Option> options, boolean modSeq) {
    List<Untagged.Item> items = new ArrayList<>();
    if (options.contains(Option.MIN) && size > 0) {
      items.add(new Untagged.Item("MIN", numbers[0]));
    }
    if (options.contains(Option.MAX) && size > 0) {
      items.add(new Untagged.Item("MAX", numbers[size - 1]));
    }
    if (options.contains(Option.COUNT)) {
      items.add(new Untagged.Item("COUNT", size));
    }
    if (modSeq && size > 0) {
      items.add(new Untagged.Item("MODSEQ", modSeqFor(options)));
    }
    boolean all = options.contains(Option.ALL) && size > 0;
    return new Untagged.ESearch(tag, uid, items, all ? Arrays.copyOf(numbers, size) : null);
  }

  /** RFC 7162 §3.1.10: of the messages that are told, which may be but the first and the last. */
  private long modSeqFor(Set<Option> options) {
    if (options.contains(Option.ALL) || options.contains(Option.COUNT)) {
      return highestModSeq;
    }
    boolean min = options.contains(Option.MIN);
    boolean max = options.contains(Option.MAX);
    return Math.max(min ? firstModSeq : 0, max ? lastModSeq : 0);
  }
}
