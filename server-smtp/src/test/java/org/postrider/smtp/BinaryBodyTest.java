package org.postrider.smtp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postrider.message.ContentDigest;
import org.postrider.message.DigestBuilder;
import org.postrider.message.MimePart;

class BinaryBodyTest {
  private static final String LEAF = "Content-Transfer-Encoding: BINARY\r\n\r\n";

  private static byte[] octets(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  /** What becomes of a message that comes in windows of that size. */
  private static byte[] encode(byte[] message, int window) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    BinaryBody body = new BinaryBody(out::write, 1000);
    for (int i = 0; i < message.length; i += window) {
      body.write(message, i, Math.min(window, message.length - i));
    }
    body.end();
    assertThat(body.failure()).isNull();
    return out.toByteArray();
  }

  private static String encoded(String message) {
    return new String(encode(octets(message), 7), StandardCharsets.ISO_8859_1);
  }

  @Test
  void aPartThatIsNotBinaryStaysAsItIs() {
    for (String message :
        new String[] {
          "Subject: x\r\n\r\ntext\r\n--\r\n--b\r\n",
          "Content-Type: multipart/mixed; boundary=b\r\n\r\npre\r\n--b\r\n\r\none\r\n--b \r\n"
              + "Content-Transfer-Encoding: 8bit\r\n\r\n\u00e9\r\n--b--\r\npost\r\n",
          "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\n--b--",
          "Subject: header alone\r\n",
          "\r\n",
          "",
        }) {
      assertThat(encoded(message)).isEqualTo(message);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 56, 57, 58, 114, 5000})
  void anyOctetsComeBackFromWhatIsStored(int length) {
    byte[] binary = new byte[length];
    new Random(length).nextBytes(binary);
    String text = new String(binary, StandardCharsets.ISO_8859_1) + "\r\n--\r\n\r\n--c\r";
    String inner =
        "Content-Type: multipart/mixed; boundary=c\r\nContent-Transfer-Encoding: binary"
            + "\r\n\r\n--c\r\n"
            + LEAF
            + text.replace("--c", "--d")
            + "\r\n--c--\r\n";
    String message =
        "Content-Type: multipart/mixed; boundary=bb\r\nContent-Transfer-Encoding: binary\r\n\r\n"
            + "--bb\r\n"
            + LEAF
            + text
            + "\r\n--bb\r\nContent-Type: message/rfc822\r\n\r\n"
            + inner
            + "\r\n--bb\r\n\r\nplain\r\n--bb--\r\n";
    byte[] stored = encode(octets(message), 1 + length % 11);
    assertThat(encode(octets(message), message.length())).isEqualTo(stored);
    LineEndCheck lines = new LineEndCheck();
    lines.check(stored, 0, stored.length);
    assertThat(lines.hasBareLineEnd(true) || lines.hasNul()).isFalse();
    DigestBuilder digest = new DigestBuilder();
    digest.update(stored, 0, stored.length);
    ContentDigest parts = digest.finish();
    assertThat(parts.root().encoding()).isEqualTo("8bit");
    assertThat(decoded(stored, parts.part(1).orElseThrow())).isEqualTo(octets(text));
    assertThat(decoded(stored, parts.part(2, 1).orElseThrow()))
        .isEqualTo(octets(text.replace("--c", "--d")));
    assertThat(parts.part(3).orElseThrow().encoding()).isEqualTo("7bit");
  }

  private static byte[] decoded(byte[] stored, MimePart part) {
    assertThat(part.encoding()).isEqualTo("base64");
    String base64 =
        new String(
            stored, (int) part.bodyOffset(), (int) part.bodyLength(), StandardCharsets.US_ASCII);
    return Base64.getMimeDecoder().decode(base64);
  }

  @Test
  void partsHaveLimits() {
    BinaryBody deep = new BinaryBody((octets, offset, length) -> {}, 1000);
    for (int i = 0; i < 60 && deep.failure() == null; i++) {
      byte[] part =
          octets("Content-Type: multipart/mixed; boundary=b" + i + "\r\n\r\n--b" + i + "\r\n");
      deep.write(part, 0, part.length);
    }
    assertThat(deep.failure()).isEqualTo(Replies.TOO_DEEP);
    BinaryBody wide = new BinaryBody((octets, offset, length) -> {}, 1000);
    byte[] header = octets("X".repeat(1001));
    wide.write(header, 0, header.length);
    assertThat(wide.failure()).isEqualTo(Replies.HEADER_TOO_BIG);
  }
}
