package org.postrider.message;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class GoldenTest {
  static List<Golden> messages() {
    return Golden.all();
  }

  @Test
  void thereAreEnough() {
    assertThat(messages()).hasSizeGreaterThan(150);
  }

  @ParameterizedTest
  @MethodSource("messages")
  void digestIsAsExpected(Golden golden) {
    assertThat(DigestText.of(Digests.of(golden.message()))).isEqualTo(golden.expected());
  }

  @ParameterizedTest
  @MethodSource("messages")
  void digestIsSound(Golden golden) {
    Digests.check(golden.message(), Digests.of(golden.message()));
  }

  @ParameterizedTest
  @MethodSource("messages")
  void everySplitGivesTheSameDigest(Golden golden) {
    byte[] message = golden.message();
    ContentDigest whole = Digests.of(message);
    int step = 1 + message.length / 150; // octet by octet comes below
    for (int split = 0; split <= message.length; split += step) {
      DigestBuilder builder = new DigestBuilder();
      builder.update(message, 0, split);
      builder.update(message, split, message.length - split);
      assertThat(builder.finish()).as("split at %d", split).isEqualTo(whole);
    }
    DigestBuilder bytewise = new DigestBuilder();
    for (byte b : message) {
      bytewise.update(new byte[] {b}, 0, 1);
    }
    assertThat(bytewise.finish()).isEqualTo(whole);
  }
}
