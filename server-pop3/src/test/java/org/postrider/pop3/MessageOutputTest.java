package org.postrider.pop3;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MessageOutputTest {
  private static String send(String message, int lines, int piece) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    MessageOutput output = new MessageOutput(out, lines);
    byte[] bytes = message.getBytes(StandardCharsets.ISO_8859_1);
    for (int at = 0; at < bytes.length; at += piece) {
      output.write(bytes, at, Math.min(piece, bytes.length - at));
    }
    output.finish();
    return out.toString(StandardCharsets.ISO_8859_1);
  }

  private static String unescape(String text) {
    return text.replace("r", "\r").replace("n", "\n");
  }

  /** r and n stand for CR and LF; ALL_LINES is -1. */
  @ParameterizedTest
  @CsvSource({
    "'',-1,.rn",
    "a,-1,arn.rn",
    "arn,-1,arn.rn",
    "an,-1,arn.rn",
    "ar,-1,arn.rn",
    "arb,-1,arnbrn.rn",
    "arrnb,-1,arnrnbrn.rn",
    "nr,-1,rnrn.rn",
    ".,-1,..rn.rn",
    "arn.rn..rn,-1,arn..rn...rn.rn",
    "an.n,-1,arn..rn.rn",
    "ar.,-1,arn..rn.rn",
    "a.b,-1,a.brn.rn",
    "arnrnbrncrn,0,arnrn.rn",
    "arnrnbrncrn,1,arnrnbrn.rn",
    "annbnncn,2,arnrnbrnrn.rn",
    "arrbrcr,1,arnrnbrn.rn",
    "arnrnbrncrn,5,arnrnbrncrn.rn",
    "arnb,0,arnbrn.rn",
    "rnb,0,rn.rn"
  })
  void sends(String message, int lines, String expected) throws IOException {
    for (int piece = 1; piece <= message.length() + 1; piece++) {
      assertThat(send(unescape(message), lines, piece)).isEqualTo(unescape(expected));
    }
  }

  /** Whatever the message, the reply has one end, and unstuffing gives the message back. */
  @Test
  void anyMessageCanBeReadBack() throws IOException {
    Random random = new Random(3);
    for (int i = 0; i < 20_000; i++) {
      StringBuilder message = new StringBuilder();
      for (int n = random.nextInt(12); n > 0; n--) {
        message.append("ab..\r\n\r\n\r\n\r\n".charAt(random.nextInt(12)));
      }
      String sent = send(message.toString(), MessageOutput.ALL_LINES, 1 + random.nextInt(4));
      assertThat(sent).endsWith(".\r\n");
      assertThat("\r\n" + sent).matches("(?s).*\r\n\\.\r\n");
      assertThat(("\r\n" + sent).indexOf("\r\n.\r\n")).isEqualTo(sent.length() - 3);
      assertThat(sent.replace("\r\n", "")).doesNotContain("\r", "\n");
      String body = sent.substring(0, sent.length() - 3);
      String read = ("\r\n" + body).replace("\r\n..", "\r\n.").substring(2);
      String canonical = message.toString().replaceAll("\r\n|\r|\n", "\r\n");
      if (!canonical.isEmpty() && !canonical.endsWith("\r\n")) {
        canonical += "\r\n";
      }
      assertThat(read).isEqualTo(canonical);
    }
  }
}
