package org.postrider.imap.syntax;

import java.util.Arrays;

/**
 * A set of sequence numbers or UIDs as the client wrote it (RFC 3501 §9 sequence-set), or {@code $}
 * for the messages that a search saved (RFC 5182 §3).
 */
public final class SequenceSet {
  /** Stands for {@code *}, the greatest number in use. */
  private static final long STAR = 0;

  /** {@code $}; what it stands for is the view's to know. */
  private static final SequenceSet SAVED = new SequenceSet(new long[0], true);

  private final long[] bounds;
  private final boolean saved;

  private SequenceSet(long[] bounds, boolean saved) {
    this.bounds = bounds;
    this.saved = saved;
  }

  static SequenceSet parse(ImapReader in) throws ImapSyntaxException {
    if (in.accept('$')) {
      return SAVED;
    }
    long[] bounds = new long[2];
    int size = 0;
    do {
      long first = bound(in);
      long last = in.accept(':') ? bound(in) : first;
      if (size == bounds.length) {
        bounds = Arrays.copyOf(bounds, 2 * size);
      }
      bounds[size++] = first;
      bounds[size++] = last;
    } while (in.accept(','));
    return new SequenceSet(Arrays.copyOf(bounds, size), false);
  }

  /** The UIDs of those messages, as a set. */
  public static SequenceSet ofUids(IndexRanges which, long[] uids) {
    long[] bounds = new long[2 * which.ranges()];
    for (int range = 0; range < which.ranges(); range++) {
      bounds[2 * range] = uids[which.from(range)];
      bounds[2 * range + 1] = uids[which.to(range) - 1];
    }
    return new SequenceSet(bounds, false);
  }

  /** Whether it is {@code $}. */
  public boolean isSaved() {
    return saved;
  }

  /** Whether {@code *} stands in it. */
  public boolean hasStar() {
    return Arrays.stream(bounds).anyMatch(bound -> bound == STAR);
  }

  /**
   * Its ranges as they are written, first and last of each in turn.
   *
   * @throws ImapSyntaxException unless they ascend, without {@code *}
   */
  public long[] ascending() throws ImapSyntaxException {
    for (int i = 0; i < bounds.length; i++) {
      long least = i == 0 ? 1 : bounds[i - 1] + (i % 2 == 0 ? 1 : 0);
      if (bounds[i] < least) {
        throw new ImapSyntaxException("Expected numbers in ascending order");
      }
    }
    return bounds;
  }

  private static long bound(ImapReader in) throws ImapSyntaxException {
    return in.accept('*') ? STAR : in.nonZeroNumber();
  }

  /**
   * The messages of a view whose UIDs are in the set; numbers that no message has are passed over.
   * {@code n:*} contains the last message even if its UID is below {@code n}.
   */
  public IndexRanges byUid(long[] uids) {
    long[][] ranges = ranges(uids.length == 0 ? 0 : uids[uids.length - 1]);
    IndexRanges result = new IndexRanges();
    for (long[] range : ranges) {
      result.add(lowerBound(uids, range[0]), lowerBound(uids, range[1] + 1));
    }
    return result;
  }

  /**
   * The messages of a view of that size whose sequence numbers are in the set.
   *
   * @throws ImapSyntaxException when a number is above {@code count}
   */
  public IndexRanges byNumber(int count) throws ImapSyntaxException {
    IndexRanges result = new IndexRanges();
    for (long[] range : ranges(count)) {
      if (range[0] == 0) {
        // `*` in an empty mailbox stands for no message, and `1:*` for none.
        continue;
      }
      if (range[1] > count) {
        throw new ImapSyntaxException("No message has that sequence number");
      }
      result.add((int) range[0] - 1, (int) range[1]);
    }
    return result;
  }

  /** As {@link #byNumber}, but numbers that no message has are passed over. */
  public IndexRanges byNumberLeniently(int count) {
    IndexRanges result = new IndexRanges();
    for (long[] range : ranges(count)) {
      result.add((int) Math.max(0, Math.min(range[0] - 1, count)), (int) Math.min(range[1], count));
    }
    return result;
  }

  /**
   * What it contains of 1 to {@code last}, as disjoint ascending ranges: first and last of each in
   * turn.
   *
   * @param max what {@code *} stands for
   */
  public long[] upTo(long last, long max) {
    long[] result = new long[bounds.length];
    int size = 0;
    for (long[] range : ranges(max)) {
      long first = size == 0 ? range[0] : Math.max(range[0], result[size - 1] + 1);
      long end = Math.min(range[1], last);
      if (Math.max(first, 1) <= end) {
        result[size++] = Math.max(first, 1);
        result[size++] = end;
      }
    }
    return Arrays.copyOf(result, size);
  }

  /** The set with {@code max} for {@code *}, each range in order, the ranges ascending. */
  private long[][] ranges(long max) {
    long[][] ranges = new long[bounds.length / 2][];
    for (int i = 0; i < ranges.length; i++) {
      long first = bounds[2 * i] == STAR ? max : bounds[2 * i];
      long last = bounds[2 * i + 1] == STAR ? max : bounds[2 * i + 1];
      ranges[i] = new long[] {Math.min(first, last), Math.max(first, last)};
    }
    Arrays.sort(ranges, (a, b) -> Long.compare(a[0], b[0]));
    return ranges;
  }

  private static int lowerBound(long[] uids, long uid) {
    int at = Arrays.binarySearch(uids, uid);
    return at >= 0 ? at : -at - 1;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof SequenceSet set
        && saved == set.saved
        && Arrays.equals(bounds, set.bounds);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bounds);
  }

  /** The set as it is written in IMAP. */
  @Override
  public String toString() {
    if (saved) {
      return "$";
    }
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < bounds.length; i += 2) {
      text.append(i == 0 ? "" : ",").append(bounds[i] == STAR ? "*" : bounds[i]);
      if (bounds[i] != bounds[i + 1]) {
        text.append(':').append(bounds[i + 1] == STAR ? "*" : bounds[i + 1]);
      }
    }
    return text.toString();
  }
}
