package org.postrider.message;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.OffsetDateTime;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DateTimeTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Mon, 2 Jan 2006 15:04:05 -0700 | 2006-01-02T15:04:05-07:00",
        "2 Jan 2006 15:04 +0530 | 2006-01-02T15:04+05:30",
        "Fri, 21 Nov 97 09(comment):55:06 -0600 (CST) | 1997-11-21T00:00Z",
        "Fri, 21 Nov 97 09:55:06 -0600 (CST (nested)) | 1997-11-21T09:55:06-06:00",
        "21 Nov 49 09:55:06 GMT | 2049-11-21T09:55:06Z",
        "21 Nov 50 09:55:06 UT | 1950-11-21T09:55:06Z",
        "21 Nov 103 09:55:06 Z | 2003-11-21T09:55:06Z",
        "21 Nov 1997 09:55:06 EST | 1997-11-21T09:55:06-05:00",
        "21 Nov 1997 09:55:06 PDT | 1997-11-21T09:55:06-07:00",
        "21 Nov 1997 09:55:06 A | 1997-11-21T09:55:06Z",
        "21 Nov 1997 09:55:06 GMT+0100 | 1997-11-21T09:55:06+01:00",
        "21 Nov 1997 09:55:06+0100 | 1997-11-21T09:55:06+01:00",
        "21-Nov-1997 09:55:06 +0000 | 1997-11-21T09:55:06Z",
        "Fri Nov 21 09:55:06 1997 | 1997-11-21T09:55:06Z",
        "Friday, 21 November 1997 9:55:60 PM | 1997-11-21T21:55:59Z",
        "29 Feb 2024 00:00:00 -0000 | 2024-02-29T00:00Z",
        "1 Jan 2006 00:00:00 +9999 | 2006-01-01T00:00Z",
      })
  void dates(String value, String expected) {
    assertThat(DateTime.parse(value).map(DateTime::toOffsetDateTime))
        .contains(OffsetDateTime.parse(expected));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "garbage",
        "30 Feb 2024 00:00:00 +0000",
        "1 Jan",
        "Mon, 99 Jan 2006 1:2:3",
        "-",
        "+-:"
      })
  void noDates(String value) {
    assertThat(DateTime.parse(value)).isEmpty();
  }

  @Test
  void keepsInstantAndZone() {
    assertThat(DateTime.parse("1 Jan 1970 01:00:00 +0100")).contains(new DateTime(0, 60));
    assertThat(DateTime.parse("(".repeat(100_000))).isEmpty();
    assertThat(DateTime.parse("1-".repeat(100_000))).isEmpty();
  }
}
