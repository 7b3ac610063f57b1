package org.postrider.message;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DomainNameTest {
  @ParameterizedTest
  @CsvSource({
    "example.ORG, example.org, example.org",
    "Bücher.example, xn--bcher-kva.example, bücher.example",
    "BÜCHER.example, xn--bcher-kva.example, bücher.example",
    "xn--bcher-kva.Example, xn--bcher-kva.example, bücher.example",
    "straße.example, xn--strae-oqa.example, straße.example",
    "faß。example, xn--fa-hia.example, faß.example",
    "βόλος.com, xn--nxasmm1c.com, βόλος.com",
    "נתניהו.com, xn--8dbck1aa3d.com, נתניהו.com",
    "例え.テスト, xn--r8jz45g.xn--zckzah, 例え.テスト",
    "l·l.cat, xn--ll-0ea.cat, l·l.cat",
    "a_b.example, a_b.example, a_b.example",
  })
  void hasOneFormInAsciiAndOneBeyond(String given, String ascii, String unicode) {
    assertThat(DomainName.toAscii(given)).hasValue(ascii);
    assertThat(DomainName.toUnicode(given)).hasValue(unicode);
    assertThat(DomainName.toAscii(unicode)).hasValue(ascii);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "☃.example", // a symbol
        "i❤.example",
        "xn--n3h.example", // the snowman in disguise
        "xn--a.example", // no Punycode
        "a·b.example", // middle dot out of context
        "-ü.example",
        "ü..example",
        "̈u.example", // begins with a mark
        "אa.example", // two directions in a label
        "ü\u2028.example",
      })
  void isRefusedWhenNotOfIdna2008(String given) {
    assertThat(DomainName.toAscii(given)).isEmpty();
  }

  @Test
  void hasLimits() {
    assertThat(DomainName.toAscii("ü".repeat(57) + ".example")).isPresent();
    assertThat(DomainName.toAscii("ü".repeat(60) + ".example")).isEmpty();
    assertThat(DomainName.toAscii("ü." + "a".repeat(60).concat(".").repeat(4) + "example"))
        .isEmpty();
  }
}
