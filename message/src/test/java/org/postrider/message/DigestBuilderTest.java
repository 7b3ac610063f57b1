package org.postrider.message;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class DigestBuilderTest {

  static ContentDigest digest(String latin1) {
    byte[] bytes = latin1.getBytes(ISO_8859_1);
    DigestBuilder builder = new DigestBuilder();
    builder.update(bytes, 0, bytes.length);
    return builder.finish();
  }

  static String text(byte[] bytes) {
    return new String(bytes, ISO_8859_1);
  }

  @Test
  void plainMessage() {
    ContentDigest digest =
        digest(
            """
            Date: Mon, 2 Jan 2006 15:04:05 -0700\r
            From: Alice <alice@example.org>\r
            To: bob@example.org, "C, D" <cd@example.org>\r
            Subject: Hello\r
            Message-ID: <1@example.org>\r
            \r
            Hello,\r
            world\r
            """);
    assertThat(text(digest.envelope()))
        .isEqualTo(
            "(\"Mon, 2 Jan 2006 15:04:05 -0700\" \"Hello\" "
                + "((\"Alice\" NIL \"alice\" \"example.org\")) "
                + "((\"Alice\" NIL \"alice\" \"example.org\")) "
                + "((\"Alice\" NIL \"alice\" \"example.org\")) "
                + "((NIL NIL \"bob\" \"example.org\")(\"C, D\" NIL \"cd\" \"example.org\")) "
                + "NIL NIL NIL \"<1@example.org>\")");
    assertThat(text(digest.bodyStructure()))
        .isEqualTo(
            "(\"text\" \"plain\" (\"charset\" \"us-ascii\") NIL NIL \"7bit\" 15 2 NIL NIL NIL"
                + " NIL)");
    assertThat(text(digest.body()))
        .isEqualTo("(\"text\" \"plain\" (\"charset\" \"us-ascii\") NIL NIL \"7bit\" 15 2)");
    assertThat(digest.preview()).isEqualTo("Hello, world");
    assertThat(digest.bodyLines()).isEqualTo(2);
    assertThat(digest.headerSize() + 15).isEqualTo(digest.size());
    assertThat(digest.part(1)).contains(digest.root());
    assertThat(digest.part(2)).isEmpty();
    assertThat(ContentDigest.fromBytes(digest.toBytes())).isEqualTo(digest);
  }
}
