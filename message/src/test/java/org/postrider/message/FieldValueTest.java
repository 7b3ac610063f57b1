package org.postrider.message;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.io.StringWriter;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.postrider.message.MimePart.Parameter;

/** Parameters, message identifiers, transfer encodings and charsets. */
class FieldValueTest {

  @Test
  void parameters() {
    FieldParameters parsed =
        FieldParameters.parse(
            "attachment; Name=\"a;\\\"b\" (c); plain = x y (d); *=; novalue; last='q'");
    assertThat(parsed.value()).isEqualTo("attachment");
    assertThat(parsed.parameters())
        .containsExactly(
            new Parameter("name", "a;\"b"), new Parameter("plain", "x y"),
            new Parameter("", ""), new Parameter("last", "'q'"));
    assertThat(parsed.first("plain")).contains("x y");
    assertThat(parsed.first("none")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      value = {
        "x; f*=utf-8'en'%e2%82%ac%20rates | \u20ac rates",
        "x; f*=iso-8859-1''%fc | \u00fc",
        "x; f*0=\"a \"; f*1=b; f*2=c | a bc",
        "x; f*2=c; f*0=a; f*1=b | abc",
        "x; f*0*=utf-8''%c3; f*1*=%bc; f*2=\"%20\" | \u00fc%20",
        "x; f*0=a; f*1*=%41 | aA",
        "x; f=plain; f*=utf-8''%41 | A",
        "x; f*=utf-8''%41; f=plain | A",
        "x; f*=no-quotes%41 | no-quotesA",
        "x; f*=utf-8''%4 | %4",
        "x; f*nine=z; f=y | y",
        "x; f=\u00fc | \u00fc",
        "x; f=\"a\" g=\"b\" | a",
      })
  void rfc2231(String value, String expected) {
    assertThat(FieldParameters.parse(value).first("f")).contains(expected);
  }

  @Test
  void messageIds() {
    assertThat(MessageId.parseAll("<a@b> (x)\t<c d@e><><f"))
        .containsExactly(new MessageId("a@b"), new MessageId("cd@e"));
    assertThat(MessageId.parse("bare@id")).contains(new MessageId("bare@id"));
    assertThat(MessageId.parse("<open@id")).contains(new MessageId("open@id"));
    assertThat(MessageId.parse("two words")).isEmpty();
    assertThat(MessageId.parse("")).isEmpty();
    assertThat(new MessageId("a@b")).hasToString("<a@b>");
    assertThat(MessageId.parseAll("<a@b>".repeat(10_000))).hasSize(1_000);
  }

  private static String decode(String encoded, String encoding, int readSize) throws IOException {
    InputStream slow =
        new ByteArrayInputStream(encoded.getBytes(ISO_8859_1)) {
          @Override
          public synchronized int read(byte[] bytes, int offset, int count) {
            return super.read(bytes, offset, Math.min(count, readSize));
          }
        };
    try (InputStream in = TransferEncoding.decode(slow, encoding)) {
      return new String(in.readAllBytes(), ISO_8859_1);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "base64 | SGVsbG8= | Hello",
        "BASE64 | SGVs*bG8 | Hello",
        "base64 | SGVsbG8=SGVsbG8= | HelloHello",
        "base64 | S | ''",
        "quoted-printable | a=3Db=3d | a=b=",
        "quoted-printable | soft=\\r\\nbreak | softbreak",
        "quoted-printable | soft=  \\r\\nbreak | softbreak",
        "quoted-printable | soft=\\nbreak | softbreak",
        "quoted-printable | blanks \\t\\r\\nx | blanks\\r\\nx",
        "quoted-printable | a  b | a  b",
        "quoted-printable | =XY=4=Z=4 | =XY=4=Z=4",
        "quoted-printable | end= | end",
        "7bit | =41 | =41",
        "x-unknown | =41 | =41",
      })
  void transferEncodings(String encoding, String encoded, String expected) throws IOException {
    for (int readSize : List.of(1, 2, 3, 8_192)) {
      assertThat(decode(unescape(encoded), encoding, readSize)).isEqualTo(unescape(expected));
    }
  }

  private static String unescape(String text) {
    return text.replace("\\r", "\r").replace("\\n", "\n").replace("\\t", "\t");
  }

  @Test
  void base64AgreesWithTheJdk() throws IOException {
    Random random = new Random(3);
    for (int length = 0; length < 20_000; length = length * 2 + 1) {
      byte[] octets = new byte[length];
      random.nextBytes(octets);
      String encoded = Base64.getMimeEncoder().encodeToString(octets);
      assertThat(decode(encoded, "base64", 1_000).getBytes(ISO_8859_1)).isEqualTo(octets);
    }
    assertThat(decode(" ".repeat(10_000) + "x", "quoted-printable", 100)).hasSize(10_001);
  }

  @Test
  void charsets() {
    assertThat(TextDecoder.decode("\u00fc".getBytes(UTF_8), "")).isEqualTo("\u00fc");
    assertThat(TextDecoder.decode(new byte[] {(byte) 0xfc}, "us-ascii")).isEqualTo("\u00fc");
    assertThat(TextDecoder.decode(new byte[] {(byte) 0x80}, "iso-8859-1")).isEqualTo("\u20ac");
    assertThat(TextDecoder.decode(new byte[] {(byte) 0xfc}, "no such charset")).isEqualTo("\u00fc");
    assertThat(TextDecoder.decode(new byte[] {(byte) 0xfc}, "UTF-8")).isEqualTo("\ufffd");
    assertThat(TextDecoder.charset(" UTF8 ")).contains(UTF_8);
    assertThat(TextDecoder.charset("?")).isEmpty();
    assertThat(TextDecoder.charset(US_ASCII.name())).isEmpty();
  }

  @Test
  void readerOfAPart() throws IOException {
    String text = "\u00fcber ".repeat(5_000);
    String encoded = Base64.getMimeEncoder().encodeToString(text.getBytes(UTF_8));
    byte[] message =
        ("Content-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n\r\n" + encoded)
            .getBytes(US_ASCII);
    MimePart part = Digests.of(message).root();
    InputStream body =
        new ByteArrayInputStream(message, (int) part.bodyOffset(), (int) part.bodyLength());
    StringWriter read = new StringWriter();
    try (Reader reader = TextDecoder.reader(body, part)) {
      reader.transferTo(read);
    }
    assertThat(read.toString()).isEqualTo(text);
  }

  @Test
  void sectionNumbers() {
    ContentDigest digest =
        Golden.all().stream()
            .filter(golden -> golden.name().equals("message-rfc822"))
            .map(golden -> Digests.of(golden.message()))
            .findFirst()
            .orElseThrow();
    MimePart root = digest.root();
    MimePart message = root.children().get(1);
    MimePart inner = message.children().getFirst();
    assertThat(digest.part()).contains(root);
    assertThat(digest.part(1)).contains(root.children().getFirst());
    assertThat(digest.part(2)).contains(message);
    assertThat(digest.part(2, 1)).contains(inner.children().get(0));
    assertThat(digest.part(2, 2)).contains(inner.children().get(1));
    for (int[] none : new int[][] {{0}, {3}, {-1}, {1, 1}, {2, 3}, {2, 1, 1}}) {
      assertThat(digest.part(none)).isEmpty();
    }
  }

  @Test
  void sectionNumbersOfMessagesInMessages() {
    byte[] bytes =
        ("Content-Type: message/rfc822\r\n\r\nContent-Type: message/rfc822\r\n\r\n"
                + "Subject: x\r\n\r\nbody\r\n")
            .getBytes(US_ASCII);
    ContentDigest digest = Digests.of(bytes);
    MimePart first = digest.root().children().getFirst();
    assertThat(digest.part(1)).contains(digest.root());
    assertThat(digest.part(1, 1)).contains(first);
    assertThat(digest.part(1, 1, 1)).contains(first.children().getFirst());
    assertThat(digest.part(1, 1, 1, 1)).isEmpty();
  }
}
