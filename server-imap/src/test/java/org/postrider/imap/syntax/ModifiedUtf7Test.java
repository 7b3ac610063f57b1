package org.postrider.imap.syntax;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ModifiedUtf7Test {
  @Test
  void encodesTheExampleOfTheRfc() {
    // RFC 3501 §5.1.3
    String name = "~peter/mail/\u53f0\u5317/\u65e5\u672c\u8a9e";
    assertThat(ModifiedUtf7.encode(name)).isEqualTo("~peter/mail/&U,BTFw-/&ZeVnLIqe-");
    assertThat(decode("~peter/mail/&U,BTFw-/&ZeVnLIqe-")).isEqualTo(name);
    assertThat(decode("R&-D")).isEqualTo("R&D");
  }

  @Test
  void roundTrips() {
    Random random = new Random(7);
    int[] samples = {'a', '&', '-', ',', '/', 0xfc, 0x20ac, 0x1f600, 0x7f, '\t', '+', '~'};
    for (int i = 0; i < 20_000; i++) {
      StringBuilder name = new StringBuilder();
      for (int n = random.nextInt(12); n > 0; n--) {
        name.appendCodePoint(samples[random.nextInt(samples.length)]);
      }
      String encoded = ModifiedUtf7.encode(name.toString());
      assertThat(encoded).matches("[ -~]*");
      assertThat(decode(encoded)).isEqualTo(name.toString());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"&", "a&b", "&!!-", "&AGE", "&A-", "&2AA-", "\u00e9", "a\tb", "&AA=-"})
  void refusesWhatIsNone(String encoded) {
    assertThatThrownBy(() -> decode(encoded)).isInstanceOf(IllegalArgumentException.class);
  }

  private static String decode(String encoded) {
    return ModifiedUtf7.decode(encoded.getBytes(StandardCharsets.ISO_8859_1));
  }
}
