package org.postrider.imap.session;

import java.util.Arrays;

/** The UIDs that are {@code \Recent} in a session: ranges, ascending, nearly always one. */
final class Recent {
  // [from, to) in turn
  private long[] ranges = {};

  /** Adds UIDs from {@code from} (inclusive) to {@code to} (exclusive), above those before. */
  void add(long from, long to) {
    if (from >= to) {
      return;
    }
    int size = ranges.length;
    if (size > 0 && ranges[size - 1] >= from) {
      ranges[size - 1] = to;
      return;
    }
    ranges = Arrays.copyOf(ranges, size + 2);
    ranges[size] = from;
    ranges[size + 1] = to;
  }

  boolean contains(long uid) {
    for (int i = ranges.length - 2; i >= 0; i -= 2) {
      if (uid >= ranges[i]) {
        return uid < ranges[i + 1];
      }
    }
    return false;
  }

  /** How many of those UIDs, ascending, are among them. */
  int count(long[] uids) {
    int count = 0;
    for (int i = 0; i < ranges.length; i += 2) {
      count += lowerBound(uids, ranges[i + 1]) - lowerBound(uids, ranges[i]);
    }
    return count;
  }

  /** The first index whose UID is not below that one. */
  static int lowerBound(long[] ascending, long uid) {
    int at = Arrays.binarySearch(ascending, uid);
    return at >= 0 ? at : -at - 1;
  }
}
