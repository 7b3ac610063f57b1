package org.postrider.imap.list;

import java.text.Normalizer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A pattern of LIST (RFC 3501 §6.3.8): {@code *} stands for anything, {@code %} for anything
 * without the hierarchy separator. INBOX is matched in any case.
 *
 * <p>Greedy with two marks to go back to: what follows a {@code %} is tried at the next character
 * of the same level, and when the level ends, what follows the last {@code *} at the next character
 * of the name. The leftmost place is always good enough, since a {@code %} after it reaches
 * everything of the same level, and a {@code *} everything.
 *
 * <p>A pattern is compared in NFC, as names are.
 */
public final class ListPattern {
  /** The hierarchy separator. */
  public static final char SEPARATOR = '/';

  private static final String INBOX = "INBOX";

  /** In any case of ASCII. */
  private static final Pattern INBOX_FIRST = Pattern.compile("(?i)INBOX(?=[/*%]|$)");

  private final String pattern;

  /**
   * @param reference put in front of the pattern
   */
  public ListPattern(String reference, String pattern) {
    String joined = Normalizer.normalize(reference + pattern, Normalizer.Form.NFC);
    Matcher inbox = INBOX_FIRST.matcher(joined);
    this.pattern = inbox.lookingAt() ? INBOX + joined.substring(INBOX.length()) : joined;
  }

  /** Whether the name is matched whole. */
  public boolean matches(String name) {
    int p = 0;
    int n = 0;
    int star = -1;
    int starAt = 0;
    int percent = -1;
    int percentAt = 0;
    while (true) {
      char c = p < pattern.length() ? pattern.charAt(p) : '\0';
      if (c == '*') {
        star = ++p;
        starAt = n;
        percent = -1;
      } else if (c == '%') {
        percent = ++p;
        percentAt = n;
      } else if (n < name.length() && p < pattern.length() && c == name.charAt(n)) {
        p++;
        n++;
      } else if (n == name.length() && p == pattern.length()) {
        return true;
      } else if (percent >= 0 && percentAt < name.length() && name.charAt(percentAt) != SEPARATOR) {
        n = ++percentAt;
        p = percent;
      } else if (star >= 0 && starAt < name.length()) {
        n = ++starAt;
        p = star;
        percent = -1;
      } else {
        return false;
      }
    }
  }

  @Override
  public String toString() {
    return pattern;
  }
}
