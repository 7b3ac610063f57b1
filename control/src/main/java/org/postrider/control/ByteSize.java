package org.postrider.control;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Sizes as people write them; units are powers of 1024. */
public final class ByteSize {
  private static final Pattern SYNTAX =
      Pattern.compile("(\\d{1,19})\\s*(B|KB?|MB?|GB?|TB?|)", Pattern.CASE_INSENSITIVE);
  private static final String UNITS = "BKMGT";

  private ByteSize() {}

  /**
   * Octets of {@code 500}, {@code 20 KB}, {@code 50MB}, {@code 2G}, {@code 1TB}.
   *
   * @throws IllegalArgumentException with a message that names the syntax
   */
  public static long parse(String text) {
    Matcher matcher = SYNTAX.matcher(text.strip());
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          "'" + text + "' is not a size: write a number with B, KB, MB, GB or TB, like 50MB");
    }
    String unit = matcher.group(2).toUpperCase(Locale.ROOT);
    long factor = 1L << (10 * (unit.isEmpty() ? 0 : UNITS.indexOf(unit.charAt(0))));
    try {
      return Math.multiplyExact(Long.parseLong(matcher.group(1)), factor);
    } catch (ArithmeticException | NumberFormatException e) {
      throw new IllegalArgumentException("'" + text + "' is too large", e);
    }
  }

  /** For people: three digits or so, like {@code 1.4 MB}. */
  public static String format(long octets) {
    double value = octets;
    int unit = 0;
    while (value >= 1024 && unit < UNITS.length() - 1) {
      value /= 1024;
      unit++;
    }
    if (unit == 0) {
      return octets + " B";
    }
    return String.format(
        Locale.ROOT, value < 10 ? "%.1f %cB" : "%.0f %cB", value, UNITS.charAt(unit));
  }

  /** Exact, in the largest unit that divides it: what {@link #parse} reads back. */
  public static String exact(long octets) {
    long value = octets;
    int unit = 0;
    while (value != 0 && value % 1024 == 0 && unit < UNITS.length() - 1) {
      value /= 1024;
      unit++;
    }
    return value + (unit == 0 ? "B" : UNITS.charAt(unit) + "B");
  }
}
