package org.postrider.imap.collation;

import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import org.jspecify.annotations.Nullable;

/**
 * The collation i;unicode-casemap (RFC 5051): texts are mapped character by character to title case
 * and then decomposed; mapped texts are equal, contain one another and come before one another as
 * their code points do.
 */
public final class UnicodeCasemap {
  private static final int PAGE = 256;

  /**
   * What characters of the basic plane are mapped to, made when a page of them is first asked for.
   * A race to make a page is harmless: all would be equal.
   */
  private static final String[] @Nullable [] PAGES = new String[0x10000 / PAGE][];

  private UnicodeCasemap() {}

  /** The text in the form in which it is compared. */
  public static String map(String text) {
    int length = text.length();
    int plain = 0;
    while (plain < length && isMapped(text.charAt(plain))) {
      plain++;
    }
    if (plain == length) {
      return text;
    }
    StringBuilder mapped = new StringBuilder(length + 16).append(text, 0, plain);
    for (int i = plain; i < length; i++) {
      char c = text.charAt(i);
      if (c < 0x80) {
        mapped.append(c >= 'a' && c <= 'z' ? (char) (c - 32) : c);
      } else if (!Character.isSurrogate(c)) {
        mapped.append(page(c / PAGE)[c % PAGE]);
      } else {
        int codePoint = text.codePointAt(i);
        mapped.append(ofCodePoint(codePoint));
        i += Character.charCount(codePoint) - 1;
      }
    }
    return mapped.toString();
  }

  private static boolean isMapped(char c) {
    return c < 0x80 && (c < 'a' || c > 'z');
  }

  private static String[] page(int number) {
    String[] page = PAGES[number];
    if (page == null) {
      page = new String[PAGE];
      for (int i = 0; i < PAGE; i++) {
        page[i] = ofCodePoint(number * PAGE + i);
      }
      PAGES[number] = page;
    }
    return page;
  }

  private static String ofCodePoint(int codePoint) {
    String titled = Character.toString(Character.toTitleCase(codePoint));
    boolean lone = codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE;
    return lone ? titled : Normalizer.normalize(titled, Normalizer.Form.NFKD);
  }

  /** Whether the text contains {@code needle}, which is mapped. */
  public static boolean contains(String text, String needle) {
    return map(text).contains(needle);
  }

  /** The octets by which a mapped text is put in order (i;octet). */
  public static byte[] key(String mapped) {
    return mapped.getBytes(StandardCharsets.UTF_8);
  }
}
