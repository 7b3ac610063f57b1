package org.postrider.storage;

import java.util.Arrays;

/** A growing array of UIDs, or of other numbers. */
final class UidList {
  private long[] uids = new long[16];
  private int count;

  void add(long uid) {
    if (count == uids.length) {
      uids = Arrays.copyOf(uids, 2 * count);
    }
    uids[count++] = uid;
  }

  void addAll(long[] more) {
    if (more.length > uids.length - count) {
      uids = Arrays.copyOf(uids, Math.max(2 * uids.length, count + more.length));
    }
    System.arraycopy(more, 0, uids, count, more.length);
    count += more.length;
  }

  void clear() {
    count = 0;
  }

  /** The one that was added first; there is one. */
  long first() {
    return uids[0];
  }

  long[] toArray() {
    return Arrays.copyOf(uids, count);
  }
}
