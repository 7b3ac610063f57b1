package org.postrider.imap.command;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
import org.postrider.imap.response.ResultItem;
import org.postrider.imap.response.Untagged;
import org.postrider.imap.search.ReturnOptions;
import org.postrider.imap.search.ReturnOptions.Option;
import org.postrider.imap.syntax.PartialRange;

/** The messages that a searching command found, in the order of its result. */
final class SearchResult {
  private final boolean uid;
  private int[] indexes = new int[16];
  private long[] uids = new long[16];
  private long[] modSeqs = new long[16];
  private int[] scores = new int[16];
  private int size;

  /**
   * @param uid whether UIDs are told, not sequence numbers
   */
  SearchResult(boolean uid) {
    this.uid = uid;
  }

  /**
   * Adds the next message.
   *
   * @param score 1 to 100, or 0 where it is not asked for
   */
  void add(int index, long uidOfMessage, long modSeq, int score) {
    if (size == uids.length) {
      indexes = Arrays.copyOf(indexes, 2 * size);
      uids = Arrays.copyOf(uids, 2 * size);
      modSeqs = Arrays.copyOf(modSeqs, 2 * size);
      scores = Arrays.copyOf(scores, 2 * size);
    }
    indexes[size] = index;
    uids[size] = uidOfMessage;
    scores[size] = score;
    modSeqs[size++] = modSeq;
  }

  boolean isEmpty() {
    return size == 0;
  }

  boolean isUid() {
    return uid;
  }

  /** What the client calls those messages. */
  long[] numbers(int from, int to) {
    return uid
        ? Arrays.copyOfRange(uids, from, to)
        : Arrays.stream(indexes, from, to).mapToLong(index -> index + 1L).toArray();
  }

  /** UIDs in the order of the result. */
  long[] uids() {
    return Arrays.copyOf(uids, size);
  }

  /** The greatest MODSEQ of all, or 0 when there are none. */
  long highestModSeq() {
    return highest(0, size);
  }

  private long highest(int from, int to) {
    return Arrays.stream(modSeqs, from, to).max().orElse(0);
  }

  /** The response of the base protocol. */
  Untagged plain(String name, boolean modSeq) {
    return new Untagged.Found(name, numbers(0, size), modSeq ? highestModSeq() : 0);
  }

  /** RFC 4731 §3.1: MIN, MAX and ALL are left out when nothing was found. */
  List<ResultItem> items(ReturnOptions options, boolean modSeq) {
    List<ResultItem> items = new ArrayList<>();
    if (options.has(Option.ALL) && size > 0) {
      items.add(new ResultItem.All(numbers(0, size)));
    }
    PartialRange partial = options.partial();
    if (partial != null) {
      long[] numbers = numbers(partial.from(size), partial.to(size));
      items.add(new ResultItem.Partial(partial.toString(), numbers));
    }
    if (options.has(Option.MIN) && size > 0) {
      items.add(new ResultItem.Figure("MIN", numbers(0, 1)[0]));
    }
    if (options.has(Option.MAX) && size > 0) {
      items.add(new ResultItem.Figure("MAX", numbers(size - 1, size)[0]));
    }
    if (options.has(Option.COUNT)) {
      items.add(new ResultItem.Figure("COUNT", size));
    }
    if (options.has(Option.RELEVANCY)) {
      int from = partial == null ? 0 : partial.from(size);
      int to = partial == null ? size : partial.to(size);
      items.add(new ResultItem.Relevancy(Arrays.copyOfRange(scores, from, to)));
    }
    if (modSeq && size > 0) {
      items.add(new ResultItem.Figure("MODSEQ", modSeqFor(options)));
    }
    return items;
  }

  /** RFC 7162 §3.1.10: of the messages that are told, which may be but the first and the last. */
  private long modSeqFor(ReturnOptions options) {
    if (options.isAboutAll()) {
      return highestModSeq();
    }
    PartialRange partial = options.partial();
    long highest = partial == null ? 0 : highest(partial.from(size), partial.to(size));
    highest = options.has(Option.MIN) ? Math.max(highest, modSeqs[0]) : highest;
    return options.has(Option.MAX) ? Math.max(highest, modSeqs[size - 1]) : highest;
  }

  /** What {@code $} stands for afterwards (RFC 5182 §2.4, RFC 9394 §3.2): UIDs, ascending. */
  long[] saved(ReturnOptions options) {
    PartialRange partial = options.partial();
    boolean min = options.has(Option.MIN);
    boolean max = options.has(Option.MAX);
    if (options.isAboutAll() || size == 0 || (partial == null && !min && !max)) {
      return Arrays.stream(uids, 0, size).sorted().toArray();
    }
    LongStream.Builder some = LongStream.builder();
    if (partial != null) {
      Arrays.stream(uids, partial.from(size), partial.to(size)).forEach(some);
    }
    if (min) {
      some.add(uids[0]);
    }
    if (max) {
      some.add(uids[size - 1]);
    }
    return some.build().sorted().distinct().toArray();
  }
}
