package org.postrider.imap.syntax;

import java.util.Arrays;

/** Disjoint, ascending ranges of UIDs. A few can stand for very many. */
public final class UidRanges {
  private long[] bounds = new long[2];
  private int size;

  /** The UIDs, ascending, as ranges. */
  public static UidRanges of(long[] uids) {
    UidRanges ranges = new UidRanges();
    for (long uid : uids) {
      ranges.add(uid, uid);
    }
    return ranges;
  }

  /**
   * Those of the UIDs (ascending) that are above {@code above} and in one of the ranges.
   *
   * @param within first and last of each range in turn, ascending
   */
  public static UidRanges of(long[] uids, long[] within, long above) {
    UidRanges ranges = new UidRanges();
    int i = 0;
    for (long uid : uids) {
      while (i < within.length && within[i + 1] < uid) {
        i += 2;
      }
      if (uid > above && i < within.length && within[i] <= uid) {
        ranges.add(uid, uid);
      }
    }
    return ranges;
  }

  /**
   * What lies in the ranges above {@code above} and is not among the UIDs (ascending).
   *
   * @param within first and last of each range in turn, ascending
   */
  public static UidRanges without(long[] uids, long[] within, long above) {
    UidRanges ranges = new UidRanges();
    for (int i = 0; i < within.length; i += 2) {
      long first = Math.max(within[i], above + 1);
      int at = Arrays.binarySearch(uids, first);
      for (at = at < 0 ? -at - 1 : at; at < uids.length && uids[at] <= within[i + 1]; at++) {
        ranges.add(first, uids[at] - 1);
        first = uids[at] + 1;
      }
      ranges.add(first, within[i + 1]);
    }
    return ranges;
  }

  /** Adds a range that lies above those before; none when {@code last} is below {@code first}. */
  private void add(long first, long last) {
    if (last < first) {
      return;
    }
    if (size > 0 && bounds[size - 1] + 1 == first) {
      bounds[size - 1] = last;
      return;
    }
    if (size == bounds.length) {
      bounds = Arrays.copyOf(bounds, 2 * size);
    }
    bounds[size++] = first;
    bounds[size++] = last;
  }

  public boolean isEmpty() {
    return size == 0;
  }

  /** How many ranges. */
  public int count() {
    return size / 2;
  }

  public long first(int range) {
    return bounds[2 * range];
  }

  public long last(int range) {
    return bounds[2 * range + 1];
  }
}
