package org.postrider.message;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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
    assertThat(new String(stored, StandardCharsets.ISO_8859_1).replace("\r\n", ""))
        .doesNotContain("\r", "\n", "\0");
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
  void onlyABinaryPartBreaksASignature() {
    String signed =
        "Content-Type: multipart/signed; boundary=s\r\n\r\n--s\r\n\r\ntext\r\n--s\r\n"
            + "Content-Type: application/pgp-signature\r\n\r\nabc\r\n--s--\r\n";
    assertThat(encoded(signed)).isEqualTo(signed);
    String after =
        "Content-Type: multipart/mixed; boundary=m\r\n\r\n--m\r\n"
            + signed
            + "\r\n--m\r\n"
            + LEAF
            + "\0\r\n--m--\r\n";
    assertThat(encoded(after)).contains("base64\r\n\r\nAA==\r\n--m--");
    BinaryBody body = new BinaryBody((octets, offset, length) -> {}, 1000);
    byte[] broken = octets(signed.replace("--s\r\n\r\ntext", "--s\r\n" + LEAF + "\0"));
    body.write(broken, 0, broken.length);
    assertThat(body.failure()).isEqualTo(BinaryBody.Failure.SIGNED);
  }

  @Test
  void partsHaveLimits() {
    BinaryBody deep = new BinaryBody((octets, offset, length) -> {}, 1000);
    for (int i = 0; i < 60 && deep.failure() == null; i++) {
      byte[] part =
          octets("Content-Type: multipart/mixed; boundary=b" + i + "\r\n\r\n--b" + i + "\r\n");
      deep.write(part, 0, part.length);
    }
    assertThat(deep.failure()).isEqualTo(BinaryBody.Failure.TOO_MANY_PARTS);
    BinaryBody wide = new BinaryBody((octets, offset, length) -> {}, 1000);
    byte[] header = octets("X".repeat(1001));
    wide.write(header, 0, header.length);
    assertThat(wide.failure()).isEqualTo(BinaryBody.Failure.HEADER_TOO_BIG);
  }
}
