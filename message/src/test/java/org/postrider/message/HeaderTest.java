package org.postrider.message;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HeaderTest {

  private static Header parse(String latin1) {
    return Header.parse(latin1.getBytes(ISO_8859_1));
  }

  @Test
  void fieldsKeepNameValueAndPlace() {
    Header header =
        parse("Subject:  folded\r\n\tvalue \r\nX-Empty:\r\nto: a\r\nTo: b\r\n\r\nNot: me\r\n");
    assertThat(header.fields())
        .containsExactly(
            new HeaderField("Subject", "folded\tvalue", 0, 27),
            new HeaderField("X-Empty", "", 27, 10),
            new HeaderField("to", "a", 37, 7),
            new HeaderField("To", "b", 44, 7));
    assertThat(header.first("SUBJECT")).contains("folded\tvalue");
    assertThat(header.first("none")).isEmpty();
    assertThat(header.all("TO")).containsExactly("a", "b");
  }

  @Test
  void whatIsNoFieldHasNoName() {
    Header header = parse(" continuation of nothing\r\nno colon\r\nX Y: z\r\nObs \t: w\r\n: v");
    assertThat(header.fields())
        .extracting(HeaderField::name)
        .containsExactly("", "", "", "Obs", "");
    assertThat(header.fields())
        .extracting(HeaderField::value)
        .containsExactly("continuation of nothing", "no colon", "X Y: z", "w", ": v");
  }

  @Test
  void bytesAboveAsciiAreUtf8OrLatin1() {
    Header header = parse("A: \u00c3\u00bc\r\nB: \u00fc\r\n");
    assertThat(header.first("a")).contains("\u00fc");
    assertThat(header.first("b")).contains("\u00fc");
  }

  @Test
  void anyLineEnd() {
    assertThat(parse("A: 1\nB: 2\r 3\rC: 4\r\n\nD: 5").fields())
        .extracting(HeaderField::value)
        .containsExactly("1", "2 3", "4");
    assertThat(parse("").fields()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      ignoreLeadingAndTrailingWhitespace = false,
      value = {
        "plain|plain",
        "=?utf-8?q?Gr=C3=BC=C3=9Fe?= from|Gr\u00fc\u00dfe from",
        "=?ISO-8859-1?Q?a_b=FC?=|a b\u00fc",
        "=?utf-8?B?w7w=?=|\u00fc",
        "=?utf-8?b?w7w?=|\u00fc",
        "=?utf-8?q?a?= =?utf-8?q?b?=|ab",
        "=?utf-8?q?a?=\t =?iso-8859-1?q?=FC?= c|a\u00fc c",
        "=?utf-8?b?w4?= =?utf-8?b?vA==?=|\u00fc",
        "=?utf-8?q?=C3?= =?utf-8?q?=BC?=|\u00fc",
        "x=?utf-8?q?y?=z|xyz",
        "=?utf-8*en?q?a?=|a",
        "=?utf-8?q?two words?=|two words",
        "=?utf-8?q?how??=|how?",
        "=?utf-8?q?a=?=|a=",
        "=?utf-8?x?a?=|=?utf-8?x?a?=",
        "=?utf-8?q?open|=?utf-8?q?open",
        "=?utf-8?q?open =?utf-8?q?b?=|=?utf-8?q?open b",
        "=?=?=?|=?=?=?",
        "=?x-nothing?q?=FC?=|\u00fc",
        "=?gb2312?B?1tC5+g==?=|\u4e2d\u56fd",
        "=?iso-2022-jp?B?GyRCRnxLXBsoQg==?=|\u65e5\u672c",
      })
  void encodedWords(String value, String expected) {
    assertThat(Header.decode(value)).isEqualTo(expected);
  }

  @Test
  void encodedWordsInLinearTime() {
    String many = "=?utf-8?q?".repeat(100_000);
    assertThat(Header.decode(many)).isEqualTo(many);
    String long1 = "=?utf-8?q?" + "a".repeat(1_000_000);
    assertThat(Header.decode(long1)).isEqualTo(long1);
    assertThat(Header.decode("=?utf-8?q?a?= ".repeat(100_000))).hasSize(100_001);
  }
}
