package org.postrider.message;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Locale;
import java.util.Optional;

/**
 * The date-time of a Date field (RFC 5322 §3.3).
 *
 * @param epochMillis milliseconds since 1970-01-01 UTC
 * @param offsetMinutes of the zone, east is positive
 */
public record DateTime(long epochMillis, int offsetMinutes) {
  /** More of a value is not looked at. */
  private static final int CHARACTERS_MAX = 200;

  private static final String MONTHS = "janfebmaraprmayjunjulaugsepoctnovdec";

  /**
   * Parses an unfolded value leniently: the obsolete forms of RFC 5322 §4.3, comments, any order of
   * the elements, hyphens in the date, missing seconds or zone (then UTC). A date that does not
   * exist is none.
   */
  public static Optional<DateTime> parse(String value) {
    String text = value.substring(0, Math.min(value.length(), CHARACTERS_MAX));
    Parser parser = new Parser();
    int depth = 0;
    int from = 0;
    for (int i = 0; i <= text.length(); i++) {
      char c = i < text.length() ? text.charAt(i) : ' ';
      if (c == ' ' || c == '\t' || c == ',' || c == '(' || c == ')') {
        if (depth == 0 && i > from) {
          parser.token(text.substring(from, i));
        }
        depth = c == '(' ? depth + 1 : c == ')' && depth > 0 ? depth - 1 : depth;
        from = i + 1;
      }
    }
    return parser.result();
  }

  /** The instant with its zone. */
  public OffsetDateTime toOffsetDateTime() {
    return Instant.ofEpochMilli(epochMillis)
        .atOffset(ZoneOffset.ofTotalSeconds(offsetMinutes * 60));
  }

  /** Takes the elements in the order in which they come; -1 is what is still missing. */
  private static final class Parser {
    private int day = -1;
    private int month = -1;
    private int year = -1;
    private int hour = -1;
    private int minute;
    private int second;
    private int offsetMinutes;

    void token(String token) {
      char first = token.charAt(0);
      if (token.indexOf(':') > 0) {
        time(token);
      } else if (hour >= 0 && (first == '+' || first == '-')) {
        offset(token);
      } else if (token.indexOf('-') > 0) {
        for (String piece : token.split("-", 4)) { // 2-Jan-2006, and GMT-0700
          if (!piece.isEmpty()) {
            token(piece);
          }
        }
      } else if (isDigit(first)) {
        number(token);
      } else {
        word(token.toLowerCase(Locale.ROOT));
      }
    }

    private void number(String token) {
      int number = number(token, 0, token.length());
      if (number < 0) {
        return;
      }
      if (day < 0 && token.length() <= 2) {
        day = number;
      } else if (year < 0) {
        year = fullYear(number, token.length());
      }
    }

    /** RFC 5322 §4.3. */
    private static int fullYear(int number, int digits) {
      if (digits == 2) {
        return number + (number < 50 ? 2000 : 1900);
      }
      return digits == 3 ? number + 1900 : number;
    }

    private void time(String token) {
      int end = 0;
      while (end < token.length() && (isDigit(token.charAt(end)) || token.charAt(end) == ':')) {
        end++;
      }
      String[] pieces = token.substring(0, end).split(":", 4);
      if (hour >= 0 || pieces.length < 2) {
        return;
      }
      hour = number(pieces[0], 0, pieces[0].length());
      minute = number(pieces[1], 0, pieces[1].length());
      second = pieces.length > 2 ? number(pieces[2], 0, pieces[2].length()) : 0;
      if (hour >= 0 && end < token.length()) { // 15:04:05+0100, 15:04:05Z
        token(token.substring(end));
      }
    }

    private void offset(String token) {
      int number = token.length() == 5 ? number(token, 1, 5) : -1;
      if (number >= 0 && number % 100 < 60 && number <= 1800) {
        int minutes = number / 100 * 60 + number % 100;
        offsetMinutes = token.charAt(0) == '-' ? -minutes : minutes;
      }
    }

    private void word(String word) {
      int sign = Math.max(word.indexOf('+'), word.indexOf('-'));
      if (sign > 0) { // GMT+0100
        token(word.substring(sign));
        return;
      }
      int index = word.length() < 3 ? -1 : MONTHS.indexOf(word.substring(0, 3));
      if (index >= 0 && index % 3 == 0 && month < 0) {
        month = index / 3 + 1;
      } else if (hour >= 0) {
        zone(word);
      }
    }

    /** RFC 5322 §4.3: the zones of North America; military and unknown ones say nothing. */
    private void zone(String word) {
      switch (word) {
        case "edt" -> offsetMinutes = -4 * 60;
        case "est", "cdt" -> offsetMinutes = -5 * 60;
        case "cst", "mdt" -> offsetMinutes = -6 * 60;
        case "mst", "pdt" -> offsetMinutes = -7 * 60;
        case "pst" -> offsetMinutes = -8 * 60;
        case "am" -> hour = hour == 12 ? 0 : hour;
        case "pm" -> hour = hour < 12 ? hour + 12 : hour;
        default -> {} // UT, GMT, Z and what nobody knows: UTC
      }
    }

    Optional<DateTime> result() {
      if (day < 0 || month < 0 || year < 0 || minute < 0 || second < 0) {
        return Optional.empty();
      }
      try {
        LocalDateTime local =
            LocalDateTime.of(year, month, day, Math.max(hour, 0), minute, Math.min(second, 59));
        ZoneOffset zone = ZoneOffset.ofTotalSeconds(offsetMinutes * 60);
        return Optional.of(new DateTime(local.toInstant(zone).toEpochMilli(), offsetMinutes));
      } catch (DateTimeException noSuchDate) {
        return Optional.empty();
      }
    }

    private static boolean isDigit(char c) {
      return c >= '0' && c <= '9';
    }

    private static int number(String text, int from, int to) {
      if (to == from || to - from > 6) {
        return -1;
      }
      int number = 0;
      for (int i = from; i < to; i++) {
        if (!isDigit(text.charAt(i))) {
          return -1;
        }
        number = number * 10 + text.charAt(i) - '0';
      }
      return number;
    }
  }
}
