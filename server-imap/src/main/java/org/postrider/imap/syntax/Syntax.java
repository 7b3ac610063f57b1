package org.postrider.imap.syntax;

/** Character classes of RFC 3501 §9. */
public final class Syntax {
  /** The greatest number of the grammar, 2^32-1. */
  public static final long NUMBER_MAX = 0xffff_ffffL;

  private static final boolean[] ATOM = new boolean[128];

  static {
    for (int c = 33; c < 127; c++) {
      ATOM[c] = "(){%*\"\\]".indexOf(c) < 0;
    }
  }

  private Syntax() {}

  /** ATOM-CHAR. */
  public static boolean isAtomChar(int c) {
    return c >= 0 && c < 128 && ATOM[c];
  }

  /** What may stand in a tag: ASTRING-CHAR without {@code +}. */
  static boolean isTagChar(int c) {
    return (isAtomChar(c) || c == ']') && c != '+';
  }

  static boolean isDigit(int c) {
    return c >= '0' && c <= '9';
  }

  static boolean isWordChar(int c) {
    return isDigit(c)
        || (c >= 'A' && c <= 'Z')
        || (c >= 'a' && c <= 'z')
        || c == '.'
        || c == '-'
        || c == '_'
        || c == '=';
  }

  /** Whether the text is an atom. */
  public static boolean isAtom(String text) {
    return !text.isEmpty() && text.chars().allMatch(Syntax::isAtomChar);
  }
}
