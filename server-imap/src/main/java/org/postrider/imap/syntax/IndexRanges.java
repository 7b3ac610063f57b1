package org.postrider.imap.syntax;

import java.util.Arrays;

/**
 * Ascending, disjoint ranges of indexes into a view: which of its messages a command is about. The
 * first message has index 0.
 */
public final class IndexRanges {
  private int[] bounds = new int[2];
  private int size;

  /** Adds indexes {@code from} (inclusive) to {@code to} (exclusive), not below those before. */
  void add(int from, int to) {
    if (from >= to) {
      return;
    }
    if (size > 0 && from <= bounds[size - 1]) {
      bounds[size - 1] = Math.max(bounds[size - 1], to);
      return;
    }
    if (size == bounds.length) {
      bounds = Arrays.copyOf(bounds, 2 * size);
    }
    bounds[size++] = from;
    bounds[size++] = to;
  }

  /** All indexes of a view of that size. */
  public static IndexRanges all(int count) {
    IndexRanges ranges = new IndexRanges();
    ranges.add(0, count);
    return ranges;
  }

  /** The indexes of those UIDs (ascending) in a view; UIDs that it does not have are left out. */
  public static IndexRanges of(long[] some, long[] uids) {
    IndexRanges ranges = new IndexRanges();
    for (long uid : some) {
      int index = Arrays.binarySearch(uids, uid);
      if (index >= 0) {
        ranges.add(index, index + 1);
      }
    }
    return ranges;
  }

  public boolean isEmpty() {
    return size == 0;
  }

  /** How many ranges. */
  public int ranges() {
    return size / 2;
  }

  /** First index of a range. */
  public int from(int range) {
    return bounds[2 * range];
  }

  /** Index after the last one of a range. */
  public int to(int range) {
    return bounds[2 * range + 1];
  }

  /** How many indexes. */
  public int count() {
    int count = 0;
    for (int i = 0; i < size; i += 2) {
      count += bounds[i + 1] - bounds[i];
    }
    return count;
  }

  /** The UIDs at these indexes, ascending. */
  public long[] select(long[] uids) {
    long[] selected = new long[count()];
    int n = 0;
    for (int i = 0; i < size; i += 2) {
      int length = bounds[i + 1] - bounds[i];
      System.arraycopy(uids, bounds[i], selected, n, length);
      n += length;
    }
    return selected;
  }
}
