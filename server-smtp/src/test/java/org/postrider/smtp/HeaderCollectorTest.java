package org.postrider.smtp;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class HeaderCollectorTest {

  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      value = {
        // content, header, whether the empty line is missing
        "'A: b;;x;','A: b;',false",
        "'A: b; c;;x;','A: b; c;',false",
        "'A: b;\tc;D : e;;','A: b;\tc;D : e;',false",
        "';x;','',false",
        "'','',false",
        "'x;','',true",
        "'x','',true",
        "'A: b;hello world;x: y;','A: b;',true",
        "' folded: first;x;','',true",
        "'A: b','A: b',false",
        "'A: b;','A: b;',false",
        "'A: b;c','A: b;',true",
        "': b;','',true",
        "'A b: c;','',true",
      })
  void findsTheEndHoweverItIsSplit(String content, String header, boolean missing) {
    byte[] bytes = content.replace(";", "\r\n").getBytes(StandardCharsets.ISO_8859_1);
    for (int cut = 0; cut <= bytes.length; cut++) {
      HeaderCollector collector = new HeaderCollector();
      if (!collector.take(bytes, 0, cut) && !collector.take(bytes, cut, bytes.length - cut)) {
        collector.finish();
      }
      String found =
          new String(collector.octets(), 0, collector.headerLength(), StandardCharsets.ISO_8859_1);
      assertThat(found).as("cut at " + cut).isEqualTo(header.replace(";", "\r\n"));
      assertThat(collector.isEmptyLineMissing()).isEqualTo(missing);
    }
  }
}
