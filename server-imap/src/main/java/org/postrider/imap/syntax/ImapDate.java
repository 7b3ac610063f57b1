package org.postrider.imap.syntax;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;

/** Dates as IMAP writes them (RFC 3501 §9 date and date-time). */
public final class ImapDate {
  /** Octets of a date-time without its quotes. */
  public static final int DATE_TIME_LENGTH = 26;

  private static final List<String> MONTHS =
      List.of("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec");

  private ImapDate() {}

  /** {@code dd-Mon-yyyy}, with or without quotes. */
  public static LocalDate date(ImapReader in) throws ImapSyntaxException {
    boolean quoted = in.accept('"');
    LocalDate date = dayMonthYear(in);
    if (quoted) {
      in.expect('"');
    }
    return date;
  }

  /** {@code "dd-Mon-yyyy hh:mm:ss +zzzz"}. */
  public static Instant dateTime(ImapReader in) throws ImapSyntaxException {
    in.expect('"');
    in.accept(' ');
    LocalDate date = dayMonthYear(in);
    in.space();
    int hour = digits(in, 2);
    in.expect(':');
    int minute = digits(in, 2);
    in.expect(':');
    // A leap second is the second before it here, as Java's time has none.
    int second = Math.min(59, digits(in, 2));
    in.space();
    boolean west = in.accept('-');
    if (!west) {
      in.expect('+');
    }
    int zoneHours = digits(in, 2);
    int zoneMinutes = digits(in, 2);
    in.expect('"');
    try {
      int offset = zoneHours * 3600 + zoneMinutes * 60;
      return LocalDateTime.of(
              date.getYear(), date.getMonth(), date.getDayOfMonth(), hour, minute, second)
          .toInstant(ZoneOffset.ofTotalSeconds(west ? -offset : offset));
    } catch (DateTimeException e) {
      throw new ImapSyntaxException("No such date and time");
    }
  }

  private static LocalDate dayMonthYear(ImapReader in) throws ImapSyntaxException {
    long day = in.number();
    in.expect('-');
    String name = in.word();
    // A word may hold hyphens, so it is the month and the year.
    if (name.length() != 8 || name.charAt(3) != '-') {
      throw new ImapSyntaxException("Expected a date such as 1-Feb-2024");
    }
    String month = name.charAt(0) + name.substring(1, 3).toLowerCase(Locale.ROOT);
    try {
      return LocalDate.of(
          Integer.parseInt(name.substring(4)), MONTHS.indexOf(month) + 1, Math.toIntExact(day));
    } catch (DateTimeException | ArithmeticException | NumberFormatException e) {
      throw new ImapSyntaxException("No such date");
    }
  }

  private static int digits(ImapReader in, int count) throws ImapSyntaxException {
    int value = 0;
    for (int i = 0; i < count; i++) {
      int c = in.peek();
      if (!Syntax.isDigit(c)) {
        throw new ImapSyntaxException("Expected a date and time");
      }
      in.accept((char) c);
      value = 10 * value + c - '0';
    }
    return value;
  }

  /**
   * Writes a date-time in UTC, without quotes, as {@link #DATE_TIME_LENGTH} octets.
   *
   * @param epochMillis years 0 to 9999
   */
  public static void format(long epochMillis, byte[] target, int at) {
    long seconds = Math.floorDiv(epochMillis, 1000L);
    LocalDate date = LocalDate.ofEpochDay(Math.floorDiv(seconds, 86_400L));
    int ofDay = (int) Math.floorMod(seconds, 86_400L);
    two(date.getDayOfMonth(), target, at);
    if (date.getDayOfMonth() < 10) {
      // RFC 3501 §9 date-day-fixed: a space for the missing digit.
      target[at] = ' ';
    }
    target[at + 2] = '-';
    String month = MONTHS.get(date.getMonthValue() - 1);
    for (int i = 0; i < 3; i++) {
      target[at + 3 + i] = (byte) month.charAt(i);
    }
    target[at + 6] = '-';
    two(date.getYear() / 100, target, at + 7);
    two(date.getYear() % 100, target, at + 9);
    target[at + 11] = ' ';
    two(ofDay / 3600, target, at + 12);
    target[at + 14] = ':';
    two(ofDay / 60 % 60, target, at + 15);
    target[at + 17] = ':';
    two(ofDay % 60, target, at + 18);
    String zone = " +0000";
    for (int i = 0; i < 6; i++) {
      target[at + 20 + i] = (byte) zone.charAt(i);
    }
  }

  private static void two(int value, byte[] target, int at) {
    target[at] = (byte) ('0' + value / 10 % 10);
    target[at + 1] = (byte) ('0' + value % 10);
  }
}
