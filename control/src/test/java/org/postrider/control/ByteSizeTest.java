package org.postrider.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ByteSizeTest {
  @ParameterizedTest
  @CsvSource({
    "0,0",
    "500,500",
    "20 KB,20480",
    "50mb,52428800",
    "2G,2147483648",
    "1TB,1099511627776"
  })
  void readsWhatPeopleWrite(String text, long octets) {
    assertThat(ByteSize.parse(text)).isEqualTo(octets);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "many", "-1", "1.5GB", "10 apples", "999999999999999999TB"})
  void refusesTheRest(String text) {
    assertThatThrownBy(() -> ByteSize.parse(text)).isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1, 1023, 1024, 1536, 100L << 20, 5L << 40, Long.MAX_VALUE})
  void exactTextIsReadBack(long octets) {
    assertThat(ByteSize.parse(ByteSize.exact(octets))).isEqualTo(octets);
  }

  @Test
  void formatsForPeople() {
    assertThat(ByteSize.format(999)).isEqualTo("999 B");
    assertThat(ByteSize.format(1536)).isEqualTo("1.5 KB");
    assertThat(ByteSize.format(150L << 20)).isEqualTo("150 MB");
  }
}
