package org.postrider.storage;

import java.util.Arrays;

/** A growing array of UIDs. */
final class UidList {
  private long[] uids = new long[16];
  private int count;

  void add(long uid) {
    if (count == uids.length) {
      uids = Arrays.copyOf(uids, 2 * count);
    }
    uids[count++] = uid;
  }

  long[] toArray() {
    return Arrays.copyOf(uids, count);
  }
}
