package org.postrider.imap.collation;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** RFC 5256 §2.1. */
class BaseSubjectTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      ignoreLeadingAndTrailingWhitespace = false,
      value = {
        "|''|false",
        "plain|plain|false",
        "  two \t words |two words|false",
        "Re: x|x|true",
        "RE : x|x|true",
        "re[2]: x|x|true",
        "Fw: FWD: x|x|true",
        "[list] Re: [other] x|x|true",
        "[list] x|x|false",
        "[a] [b]|[b]|false",
        "[a]|[a]|false",
        "[a] Re:|''|true",
        "Re: [a]|[a]|true",
        "x (fwd)|x|true",
        "x (FWD) (fwd)|x|true",
        "[Fwd: x]|x|true",
        "[fwd: Re: [list] x (fwd)]|x|true",
        "[fwd: [fwd: x]]|x|true",
        "[fwd: x] y|y|false",
        "Regarding: x|Regarding: x|false",
        "Re x|Re x|false",
        "AW: x|AW: x|false",
        "[a[b] x|[a[b] x|false",
        "[] x|x|false",
        "Re: Re:|''|true",
        "(fwd)|''|true",
      })
  void removesWhatProgramsAdd(String subject, String base, boolean reply) {
    assertThat(BaseSubject.of(subject == null ? "" : subject))
        .isEqualTo(new BaseSubject(base, reply));
  }

  @Test
  void looksAtLongSubjectsOnce() {
    String blobs = "[a]".repeat(200_000) + "[fwd:".repeat(50_000) + " (fwd)".repeat(50_000);
    assertThat(BaseSubject.of(blobs + "]".repeat(50_000))).isEqualTo(new BaseSubject("", true));
  }
}
