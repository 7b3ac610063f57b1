package org.postrider.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.ZonedDateTime;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PointInTimeTest {
  private static final ZonedDateTime NOW = ZonedDateTime.parse("2027-03-10T12:00:00+02:00");

  @ParameterizedTest
  @CsvSource({
    "2 hours ago, 2027-03-10T08:00:00Z",
    "1 hour ago, 2027-03-10T09:00:00Z",
    "90s, 2027-03-10T09:58:30Z",
    "30min, 2027-03-10T09:30:00Z",
    "5 minutes ago, 2027-03-10T09:55:00Z",
    "3D, 2027-03-07T10:00:00Z",
    "2 weeks ago, 2027-02-24T10:00:00Z",
    "today, 2027-03-09T22:00:00Z",
    "Yesterday, 2027-03-08T22:00:00Z",
    "2027-03-01, 2027-02-28T22:00:00Z",
    "2027-03-01 14:30, 2027-03-01T12:30:00Z",
    "2027-03-01T14:30:59, 2027-03-01T12:30:59Z",
    "2027-03-01T14:30Z, 2027-03-01T14:30:00Z",
    "2027-03-01 14:30+01:00, 2027-03-01T13:30:00Z"
  })
  void readsWhatPeopleWrite(String text, String instant) {
    assertThat(PointInTime.parse(text, NOW)).hasToString(instant);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "soon", "2 moons ago", "-1h", "tomorrow", "2027-13-01", "14:30"})
  void saysHowToWriteIt(String text) {
    assertThatThrownBy(() -> PointInTime.parse(text, NOW))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'2 hours ago'");
  }
}
