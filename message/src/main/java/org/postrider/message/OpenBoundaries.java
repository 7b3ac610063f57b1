package org.postrider.message;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The boundaries of the multiparts that are open. RFC 2046 §5.1.1: a line is a delimiter when it
 * begins with the boundary; where several fit, the longest is meant, and of equal ones the
 * innermost.
 *
 * <p>They are kept sorted, so that a line is compared with about log₂ n of them: the longest
 * boundary that begins a line is the greatest one not above the line, or one that begins that.
 */
final class OpenBoundaries {
  private byte[][] sorted = new byte[4][];
  private PartBuilder[] owners = new PartBuilder[4];

  /** Of each boundary the longest other one that it begins with, -1 if none. */
  private int[] shorter = new int[4];

  private int size;
  private int matchedLength;
  private long comparisons;

  boolean isEmpty() {
    return size == 0;
  }

  /** How often two octet strings were compared: the work done, for tests. */
  long comparisons() {
    return comparisons;
  }

  /** Length of the boundary that {@link #match} found last. */
  int matchedLength() {
    return matchedLength;
  }

  void open(byte[] boundary, PartBuilder owner) {
    if (size == sorted.length) {
      sorted = Arrays.copyOf(sorted, size * 2);
      owners = Arrays.copyOf(owners, size * 2);
      shorter = new int[size * 2];
    }
    int at = countNotAbove(boundary, 0, boundary.length);
    System.arraycopy(sorted, at, sorted, at + 1, size - at);
    System.arraycopy(owners, at, owners, at + 1, size - at);
    sorted[at] = boundary;
    owners[at] = owner;
    size++;
    link();
  }

  void close(PartBuilder owner) {
    for (int i = 0; i < size; i++) {
      if (owners[i] == owner) {
        size--;
        System.arraycopy(sorted, i + 1, sorted, i, size - i);
        System.arraycopy(owners, i + 1, owners, i, size - i);
        link();
        return;
      }
    }
  }

  private void link() {
    for (int i = 0; i < size; i++) {
      int candidate = i - 1;
      while (candidate >= 0 && common(sorted[candidate], sorted[i]) < sorted[candidate].length) {
        candidate = shorter[candidate];
      }
      shorter[i] = candidate;
    }
  }

  private int common(byte[] a, byte[] b) {
    return commonWith(a, b, 0, b.length);
  }

  private int commonWith(byte[] boundary, byte[] line, int from, int to) {
    comparisons++;
    int mismatch = Arrays.mismatch(boundary, 0, boundary.length, line, from, to);
    return mismatch < 0 ? boundary.length : mismatch;
  }

  private int countNotAbove(byte[] line, int from, int to) {
    int low = 0;
    int high = size;
    while (low < high) {
      int middle = (low + high) >>> 1;
      byte[] boundary = sorted[middle];
      comparisons++;
      if (Arrays.compare(boundary, 0, boundary.length, line, from, to) <= 0) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /** The multipart whose boundary begins the line that follows two hyphens. */
  @Nullable PartBuilder match(byte[] line, int from, int to) {
    int at = countNotAbove(line, from, to) - 1;
    if (at < 0) {
      return null;
    }
    int common = commonWith(sorted[at], line, from, to);
    while (at >= 0 && sorted[at].length > common) {
      at = shorter[at];
    }
    if (at < 0) {
      return null;
    }
    matchedLength = sorted[at].length;
    return owners[at];
  }
}
