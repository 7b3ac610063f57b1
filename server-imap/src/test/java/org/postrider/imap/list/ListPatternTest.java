package org.postrider.imap.list;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class ListPatternTest {
  @Test
  void inboxIsMatchedInAnyCase() {
    assertThat(new ListPattern("", "iNbOx").matches("INBOX")).isTrue();
    assertThat(new ListPattern("", "inbox/%").matches("INBOX/a")).isTrue();
    assertThat(new ListPattern("in", "box").matches("INBOX")).isTrue();
    assertThat(new ListPattern("", "inboxes").matches("INBOXes")).isFalse();
  }

  @Test
  void agreesWithTheNaiveMatcher() {
    Random random = new Random(5);
    for (int i = 0; i < 200_000; i++) {
      String pattern = text(random, "ab/*%", 8);
      String name = text(random, "ab/", 10);
      assertThat(new ListPattern("", pattern).matches(name))
          .as("%s against %s", pattern, name)
          .isEqualTo(naive(pattern, name));
    }
  }

  @Test
  void manyWildcardsStayCheap() {
    String pattern = "*a%".repeat(300) + "b";
    assertThat(new ListPattern("", pattern).matches("a/".repeat(499) + "a")).isFalse();
  }

  private static String text(Random random, String alphabet, int max) {
    StringBuilder text = new StringBuilder();
    for (int n = random.nextInt(max + 1); n > 0; n--) {
      text.append(alphabet.charAt(random.nextInt(alphabet.length())));
    }
    return text.toString();
  }

  private static boolean naive(String pattern, String name) {
    if (pattern.isEmpty()) {
      return name.isEmpty();
    }
    char c = pattern.charAt(0);
    String rest = pattern.substring(1);
    if (c != '*' && c != '%') {
      return !name.isEmpty() && name.charAt(0) == c && naive(rest, name.substring(1));
    }
    for (int taken = 0; taken <= name.length(); taken++) {
      if (taken > 0 && c == '%' && name.charAt(taken - 1) == '/') {
        return false;
      }
      if (naive(rest, name.substring(taken))) {
        return true;
      }
    }
    return false;
  }
}
