package org.postrider.control;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Times in the past as people write them. */
public final class PointInTime {
  private static final Pattern AGO =
      Pattern.compile(
          "(\\d{1,9})\\s*(s|sec|second|m|min|minute|h|hour|d|day|w|week)s?(\\s+ago)?",
          Pattern.CASE_INSENSITIVE);

  private PointInTime() {}

  /**
   * Reads {@code 2 hours ago}, {@code 30min}, {@code 3d}, {@code today}, {@code yesterday}, {@code
   * 2027-03-01}, {@code 2027-03-01 14:30} or a time with its offset ({@code 2027-03-01T14:30Z}).
   *
   * @param now with the time zone for what names none
   * @throws IllegalArgumentException with a sentence that names the syntax
   */
  public static Instant parse(String text, ZonedDateTime now) {
    String word = text.strip();
    ZoneId zone = now.getZone();
    Matcher ago = AGO.matcher(word);
    try {
      if (ago.matches()) {
        return now.toInstant().minus(unit(ago.group(2)).multipliedBy(Long.parseLong(ago.group(1))));
      }
      LocalDate today = now.toLocalDate();
      if (word.equalsIgnoreCase("today") || word.equalsIgnoreCase("yesterday")) {
        boolean past = word.equalsIgnoreCase("yesterday");
        return today.minusDays(past ? 1 : 0).atStartOfDay(zone).toInstant();
      }
      if (!word.contains(":")) {
        return LocalDate.parse(word).atStartOfDay(zone).toInstant();
      }
      String iso = word.replaceFirst("^(\\S{10}) ", "$1T");
      return iso.matches(".*(Z|[+-]\\d\\d:?\\d\\d)")
          ? OffsetDateTime.parse(iso).toInstant()
          : LocalDateTime.parse(iso).atZone(zone).toInstant();
    } catch (DateTimeParseException | ArithmeticException e) {
      throw new IllegalArgumentException(
          "'"
              + text
              + "' is not a time: write for instance '2 hours ago', yesterday, 2027-03-01 or"
              + " '2027-03-01 14:30'",
          e);
    }
  }

  private static Duration unit(String name) {
    return switch (name.toLowerCase(Locale.ROOT).charAt(0)) {
      case 's' -> Duration.ofSeconds(1);
      case 'm' -> Duration.ofMinutes(1);
      case 'h' -> Duration.ofHours(1);
      case 'd' -> Duration.ofDays(1);
      default -> Duration.ofDays(7);
    };
  }
}
