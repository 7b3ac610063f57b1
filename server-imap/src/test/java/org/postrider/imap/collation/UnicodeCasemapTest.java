package org.postrider.imap.collation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** RFC 5051 §2. */
class UnicodeCasemapTest {
  @Test
  void mapsToTitleCaseAndDecomposes() {
    assertThat(UnicodeCasemap.map("plain-42")).isEqualTo("PLAIN-42");
    assertThat(UnicodeCasemap.map("\u01c4")).isEqualTo("Dz\u030c");
    assertThat(UnicodeCasemap.map("\u00e4\ufb01")).isEqualTo("A\u0308fi");
    assertThat(UnicodeCasemap.map("\u00df")).isEqualTo("\u00df");
    assertThat(UnicodeCasemap.map("\ud801\udc28")).isEqualTo("\ud801\udc00");
    assertThat(UnicodeCasemap.map("\ud800x")).isEqualTo("\ud800X");
  }

  @Test
  void ordersByCodePoint() {
    List<String> texts = List.of("", "A", "AB", "B", "\u00df", "\uffee", "\ud801\udc00");
    for (int i = 1; i < texts.size(); i++) {
      byte[] before = UnicodeCasemap.key(texts.get(i - 1));
      assertThat(Arrays.compareUnsigned(before, UnicodeCasemap.key(texts.get(i)))).isNegative();
    }
  }
}
