package org.postrider.imap.search;

import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The day of a Date field, without regard to time and zone: all that SENTON and its like ask for
 * (RFC 3501 §6.4.4). Lenient: whatever stands around day, month and year is passed over.
 */
final class SentDay {
  private static final List<String> MONTHS =
      List.of("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec");

  private static final Pattern DATE =
      Pattern.compile("\\b(\\d{1,2})[ -]+([A-Za-z]{3})[a-z]*[ -]+(\\d{2,4})\\b");

  /** No date stands further on in a field. */
  private static final int LENGTH_MAX = 200;

  private SentDay() {}

  /** Days since 1970. */
  static OptionalLong parse(String field) {
    Matcher matcher = DATE.matcher(field);
    matcher.region(0, Math.min(field.length(), LENGTH_MAX));
    if (!matcher.find()) {
      return OptionalLong.empty();
    }
    int year = Integer.parseInt(matcher.group(3));
    // RFC 5322 §4.3: years of two and three digits.
    if (matcher.group(3).length() == 2) {
      year += year < 50 ? 2000 : 1900;
    } else if (matcher.group(3).length() == 3) {
      year += 1900;
    }
    int month = MONTHS.indexOf(matcher.group(2).toLowerCase(Locale.ROOT)) + 1;
    try {
      return OptionalLong.of(
          LocalDate.of(year, month, Integer.parseInt(matcher.group(1))).toEpochDay());
    } catch (DateTimeException e) {
      return OptionalLong.empty();
    }
  }
}
