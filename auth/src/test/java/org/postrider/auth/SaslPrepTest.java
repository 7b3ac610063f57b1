package org.postrider.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.ongres.stringprep.Profile;
import com.ongres.stringprep.Stringprep;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SaslPrepTest {
  /** The examples of RFC 4013 §3. */
  @ParameterizedTest
  @CsvSource({"I\u00adX,IX", "user,user", "USER,USER", "\u00aa,a", "\u2168,IX", "a\u00a0b,a b"})
  void maps(String text, String prepared) {
    assertThat(SaslPrep.prepare(text)).isEqualTo(prepared);
  }

  @ParameterizedTest
  @ValueSource(strings = {"\u0007", "\u0627\u0031", "a\u0627", "\ud800", "\ue000", "\ufffd"})
  void refuses(String text) {
    assertThatThrownBy(() -> SaslPrep.prepare(text)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void letsNewerCharactersThrough() {
    assertThat(SaslPrep.prepare("\ud83d\udc0e \u20bd")).isEqualTo("\ud83d\udc0e \u20bd");
  }

  /** Another implementation agrees on every character that Unicode 3.2 had, alone and in pairs. */
  @Test
  void agreesWithAnotherImplementation() {
    Profile other = Stringprep.getProvider("SASLprep");
    for (int c = 1; c < 0x110000; c++) {
      if (c < 0xd800 || c > 0xdfff) {
        compare(other, Character.toString(c));
      }
    }
    for (int c = 32; c < 0x500; c++) {
      for (char next : "a1 \u00e9\u05d0\u0627".toCharArray()) {
        compare(other, Character.toString(c) + next);
      }
    }
  }

  private static void compare(Profile other, String text) {
    if (text.indexOf('\u200b') >= 0) {
      return; // in both tables of RFC 4013 §2.1: a space to PostgreSQL and libidn, nothing to
      // others
    }
    String ours;
    try {
      ours = SaslPrep.prepare(text);
    } catch (IllegalArgumentException e) {
      ours = "refused";
    }
    String theirs;
    try {
      theirs = other.prepareQuery(text);
    } catch (IllegalArgumentException e) {
      theirs = "refused";
    } catch (ArrayIndexOutOfBoundsException e) {
      theirs = ""; // what the other one does with text that maps to nothing at all
    }
    assertThat(ours).as(() -> "U+%04X".formatted(text.codePointAt(0))).isEqualTo(theirs);
  }
}
