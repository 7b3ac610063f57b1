package org.postrider.message;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.postrider.message.Address.Group;
import org.postrider.message.Address.Mailbox;

class AddressListTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      value = {
        "a@b.c | | a | b.c",
        "<a@b.c> | | a | b.c",
        "Alice <a@b.c> | Alice | a | b.c",
        "\"Alice \\\"A\\\" B, C\" <a@b.c> | Alice \"A\" B, C | a | b.c",
        "John Q. Public <j@b.c> | John Q. Public | j | b.c",
        "a@b.c (Alice) | Alice | a | b.c",
        "(x) a@b.c (Alice (nested) \\) y) | Alice (nested) ) y | a | b.c",
        "Alice (home) <a@b.c> | Alice | a | b.c",
        "<a@b.c> (Alice) | Alice | a | b.c",
        "\"a b\"@c.d | | a b | c.d",
        "\"a\".b@c.d | | a.b | c.d",
        "a . b @ c . d | | a.b | c.d",
        "a@[192.0.2.1] | | a | [192.0.2.1]",
        "a@b.c <d@e.f> | a@b.c | d | e.f",
        "J\u00fcrgen <j\u00fcrgen@b\u00fccher.example> | J\u00fcrgen | j\u00fcrgen |"
            + " b\u00fccher.example",
        "=?utf-8?q?=C3=BC?= <a@b.c> | =?utf-8?q?=C3=BC?= | a | b.c",
        "alice | | alice | ",
        "Alice Example | Alice Example | | ",
        "<a@b.c | | a | b.c",
        "Alice <a b@c.d> | Alice | ab | c.d",
        "\"unclosed <a@b.c> | | unclosed <a@b.c> | ",
        "@b.c | | | b.c",
        "a@ | | a | ",
        "<> | | | ",
      })
  void mailbox(String value, String name, String localPart, String domain) {
    Mailbox expected = new Mailbox(orEmpty(name), "", orEmpty(localPart), orEmpty(domain));
    assertThat(AddressList.parse(value).addresses()).containsExactly(expected);
  }

  private static String orEmpty(@Nullable String value) {
    return value == null ? "" : value;
  }

  @Test
  void routes() {
    assertThat(AddressList.parse("X <@a,@b.c:d@e.f>").addresses())
        .containsExactly(new Mailbox("X", "@a,@b.c", "d", "e.f"));
  }

  @Test
  void lists() {
    assertThat(specs("a@b, c@d ;e@f,,, ,(comment), g@h"))
        .containsExactly("a@b", "c@d", "e@f", "g@h");
    assertThat(specs("<a@b, c@d")).containsExactly("a@b", "c@d");
    assertThat(specs("<a@b> junk, <c@d>")).containsExactly("a@b", "c@d");
    assertThat(specs("")).isEmpty();
    assertThat(specs(" , ")).isEmpty();
  }

  private static List<String> specs(String value) {
    return AddressList.parse(value).mailboxes().stream().map(Mailbox::spec).toList();
  }

  @Test
  void groups() {
    Mailbox a = new Mailbox("", "", "a", "b");
    Mailbox c = new Mailbox("C", "", "c", "d");
    assertThat(AddressList.parse("My \"Group\": a@b, C <c@d>; , a@b, empty:;").addresses())
        .containsExactly(new Group("My Group", List.of(a, c)), a, new Group("empty", List.of()));
    assertThat(AddressList.parse("open: a@b").addresses())
        .containsExactly(new Group("open", List.of(a)));
    assertThat(AddressList.parse("My Group: a@b;c@d").mailboxes()).hasSize(2);
  }

  @Test
  void anyCharactersYieldAList() {
    Random random = new Random(7);
    String alphabet = "ab.@<>()[],;:\"\\ \t\u00fc";
    for (int i = 0; i < 20_000; i++) {
      StringBuilder value = new StringBuilder();
      for (int length = random.nextInt(30); length > 0; length--) {
        value.append(alphabet.charAt(random.nextInt(alphabet.length())));
      }
      assertThat(AddressList.parse(value.toString()).mailboxes().size()).isLessThan(31);
    }
  }

  /** Each of these is a trap for a reader that looks ahead or recurses. */
  @Test
  void longInputs() {
    for (String piece :
        List.of("<", "<@", "(", "\"", "a ", "a@", ":", "a:", "[", "a.", "<a,", "()")) {
      AddressList.parse(piece.repeat(200_000));
    }
    assertThat(AddressList.parse("a@b,".repeat(50_000)).addresses())
        .hasSize(MessageLimits.DEFAULT.addressesMax());
  }
}
