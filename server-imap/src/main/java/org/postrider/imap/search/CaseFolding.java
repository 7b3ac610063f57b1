package org.postrider.imap.search;

/** The comparison of texts: without regard to case, character by character. */
final class CaseFolding {
  private CaseFolding() {}

  static char fold(char c) {
    if (c < 0x80) {
      return c >= 'A' && c <= 'Z' ? (char) (c + 32) : c;
    }
    return Character.toLowerCase(Character.toUpperCase(c));
  }

  static String fold(String text) {
    char[] folded = text.toCharArray();
    for (int i = 0; i < folded.length; i++) {
      folded[i] = fold(folded[i]);
    }
    return new String(folded);
  }

  /** Whether the text contains {@code needle}, which is folded. */
  static boolean contains(String text, String needle) {
    return fold(text).contains(needle);
  }
}
