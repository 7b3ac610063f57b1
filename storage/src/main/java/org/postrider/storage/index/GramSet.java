package org.postrider.storage.index;

import java.util.Arrays;
import org.apache.lucene.util.BytesRef;

/**
 * The different grams of texts: each three characters (UTF-16 units, as in {@link String#contains})
 * that follow one another, and of each text its last two. So a needle of three characters and more
 * is in a text only if all its grams are there, and one of two only if a gram begins with it.
 */
final class GramSet {
  /** Characters of a gram. */
  static final int LENGTH = 3;

  /** Octets of the longest term. */
  static final int TERM_MAX = 3 * LENGTH;

  private static final int SLOTS_MIN = 1 << 12;
  private static final int UNIT = 16;
  private static final long MASK = 0xFFFF;

  /** Beside the characters the length, so that no gram is 0. */
  private static final int LENGTH_SHIFT = LENGTH * UNIT;

  private final int max;
  private long[] slots = new long[SLOTS_MIN];
  private int size;
  private boolean full;
  private long window;
  private int inWindow;

  /**
   * @param max grams that are kept
   */
  GramSet(int max) {
    this.max = max;
  }

  void clear() {
    if (slots.length > SLOTS_MIN << 4) {
      slots = new long[SLOTS_MIN];
    } else if (size > 0) {
      Arrays.fill(slots, 0);
    }
    size = 0;
    full = false;
    window = 0;
    inWindow = 0;
  }

  /** Whether there were more than are kept. */
  boolean isFull() {
    return full;
  }

  int size() {
    return size;
  }

  /** What comes next of a text. */
  void piece(String text) {
    for (int i = 0; i < text.length() && !full; i++) {
      window = ((window << UNIT) | text.charAt(i)) & ((1L << LENGTH_SHIFT) - 1);
      if (++inWindow >= LENGTH) {
        inWindow = LENGTH;
        add(window, LENGTH);
      }
    }
  }

  void endOfText() {
    if (inWindow > 0 && !full) {
      int length = Math.min(inWindow, LENGTH - 1);
      add(window & ((1L << (length * UNIT)) - 1), length);
    }
    window = 0;
    inWindow = 0;
  }

  private void add(long characters, int length) {
    long gram = ((long) length << LENGTH_SHIFT) | characters;
    int at = slot(gram, slots);
    if (slots[at] != gram) {
      if (size == max) {
        full = true;
        return;
      }
      slots[at] = gram;
      size++;
      if (size * 2 > slots.length) {
        grow();
      }
    }
  }

  private static int slot(long gram, long[] slots) {
    long mixed = gram * 0x9E3779B97F4A7C15L;
    int at = (int) (mixed >>> 32) & (slots.length - 1);
    while (slots[at] != 0 && slots[at] != gram) {
      at = (at + 1) & (slots.length - 1);
    }
    return at;
  }

  private void grow() {
    long[] more = new long[slots.length * 2];
    for (long gram : slots) {
      if (gram != 0) {
        more[slot(gram, more)] = gram;
      }
    }
    slots = more;
  }

  /** The grams, in no order. */
  long[] grams() {
    return Arrays.stream(slots).filter(gram -> gram != 0).toArray();
  }

  /**
   * Writes a gram as a term: each character as UTF-8 would have it, surrogates too, so that grams
   * that begin alike are terms that begin alike.
   */
  static void term(long gram, BytesRef term) {
    int length = 0;
    for (int i = (int) (gram >>> LENGTH_SHIFT) - 1; i >= 0; i--) {
      length = append((int) ((gram >>> (i * UNIT)) & MASK), term.bytes, length);
    }
    term.offset = 0;
    term.length = length;
  }

  private static int append(int c, byte[] bytes, int at) {
    int next = at;
    if (c < 0x80) {
      bytes[next++] = (byte) c;
    } else if (c < 0x800) {
      bytes[next++] = (byte) (0xC0 | (c >> 6));
      bytes[next++] = (byte) (0x80 | (c & 0x3F));
    } else {
      bytes[next++] = (byte) (0xE0 | (c >> 12));
      bytes[next++] = (byte) (0x80 | ((c >> 6) & 0x3F));
      bytes[next++] = (byte) (0x80 | (c & 0x3F));
    }
    return next;
  }

  /** A term of its own. */
  static BytesRef term(long gram) {
    BytesRef term = new BytesRef(new byte[TERM_MAX]);
    term(gram, term);
    return term;
  }
}
