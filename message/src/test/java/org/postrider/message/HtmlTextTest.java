package org.postrider.message;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HtmlTextTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "<p>one</p><p>two</p>|one two",
        "<html><body> one\t&nbsp; two</body>|one two",
        "half<b>way</b> there|halfway there",
        "a<br>b<br/>c|a b c",
        "5 &lt; 6 &amp;&amp; M&uuml;ller &#x20AC; &euro;|5 < 6 && Müller € €",
        "AT&T; & &unknown; &amp|AT&T; & &unknown; &amp",
        "co&shy;operate|cooperate",
        "<style>p { a > b }</style>x<script>if (a<b) '</p>'</script>y|x y",
        "<!-- <p>no --> yes <!DOCTYPE html>|yes",
        "<a href=\"x>y\" title='>'>link</a>|link",
        "1 < 2 <3 </ x|1 < 2 <3 x",
        "<p|''",
        "<script>never closed|''",
        "plain|plain",
      })
  void isWhatAReaderSees(String html, String text) throws IOException {
    for (int buffer : new int[] {1, 3, 1000}) {
      StringWriter seen = new StringWriter();
      try (HtmlText reader = new HtmlText(new StringReader(html))) {
        char[] some = new char[buffer];
        for (int n = reader.read(some); n >= 0; n = reader.read(some)) {
          seen.write(some, 0, n);
        }
      }
      assertThat(seen).hasToString(text);
    }
  }
}
