package org.postrider.message;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class MessageLimitsTest {

  private static ContentDigest checked(String message) {
    byte[] bytes = message.getBytes(ISO_8859_1);
    ContentDigest digest = Digests.of(bytes);
    Digests.check(bytes, digest);
    return digest;
  }

  @Test
  void partsBeyondTheLimitBelongToTheLast() {
    String message =
        "Content-Type: multipart/mixed; boundary=b\r\n\r\n"
            + "--b\r\n\r\nx\r\n".repeat(5_000)
            + "--b--\r\n";
    ContentDigest digest = checked(message);
    assertThat(digest.root().children()).hasSize(MessageLimits.DEFAULT.partsMax() - 1);
    assertThat(digest.root().children().getLast().bodyLength()).isGreaterThan(10 * 4_000);
  }

  @Test
  void fieldsBeyondTheHeaderLimitAreNotRead() {
    String filler = "X: " + "x".repeat(996) + "\r\n";
    String message =
        "Subject: first\r\n" + filler.repeat(1_000) + "To: late@example.org\r\n\r\nbody";
    ContentDigest digest = checked(message);
    assertThat(new String(digest.envelope(), ISO_8859_1)).contains("first").doesNotContain("late");
    assertThat(digest.root().bodyLength()).isEqualTo(4);
  }

  @Test
  void addressesBeyondTheLimitAreLeftOut() {
    ContentDigest digest = checked("From: " + "a,".repeat(100_000) + "\r\n\r\n");
    assertThat(digest.envelope().length).isLessThan(600_000);
  }

  @Test
  void repeatedAddressFields() {
    checked("To: a\r\n".repeat(30_000) + "\r\n");
  }

  @Test
  void parametersBeyondTheLimitAreLeftOut() {
    ContentDigest digest =
        checked("Content-Type: text/plain" + "; a=b; x*1=y".repeat(9_000) + "\r\n\r\n");
    assertThat(digest.root().parameters().size()).isLessThanOrEqualTo(100);
    assertThat(digest.bodyStructure().length).isLessThan(2_000);
  }

  @Test
  void fieldsBeyondTheLimitAreOneWithoutName() {
    Header header = Header.parse("X: y\r\n".repeat(20_000).getBytes(ISO_8859_1));
    assertThat(header.fields()).hasSize(MessageLimits.DEFAULT.fieldsMax());
    HeaderField last = header.fields().getLast();
    assertThat(last.name()).isEmpty();
    assertThat(last.offset() + last.length()).isEqualTo(6 * 20_000);
  }

  @Test
  void headersOfAllPartsTogetherAreLimited() {
    String part = "--b\r\nContent-Description: " + "d".repeat(10_000) + "\r\n\r\nx\r\n";
    ContentDigest digest =
        checked(
            "Content-Type: multipart/mixed; boundary=b\r\n\r\n" + part.repeat(900) + "--b--\r\n");
    assertThat(digest.root().children()).hasSize(900);
    assertThat(digest.toBytes().length)
        .isLessThan(3 * MessageLimits.DEFAULT.headerOctetsTotalMax());
  }

  /**
   * Each line is compared with few boundaries, however many are open and however alike they are.
   */
  @Test
  void workDoesNotGrowWithDepthTimesLength() {
    StringBuilder message = new StringBuilder();
    StringBuilder boundary = new StringBuilder("b".repeat(100));
    for (int depth = 0; depth < 50; depth++) {
      boundary.append('b');
      message.append("Content-Type: multipart/mixed; boundary=").append(boundary);
      message.append("\r\n\r\n--").append(boundary).append("\r\n");
    }
    message.append("\r\n");
    int lines = 50_000;
    for (int i = 0; i < lines; i++) {
      message.append("--").append("b".repeat(i % 101)).append('\n');
    }
    byte[] bytes = message.toString().getBytes(ISO_8859_1);
    DigestBuilder builder = new DigestBuilder();
    builder.update(bytes, 0, bytes.length);
    long toOpen = 50L * 50 * 50;
    assertThat(builder.comparisons()).isLessThan(toOpen + lines * 8L);
    Digests.check(bytes, builder.finish());
  }

  @Test
  void damagedBytesAreRefused() {
    byte[] bytes = checked("Subject: x\r\n\r\nbody\r\n").toBytes();
    assertThatThrownBy(() -> ContentDigest.fromBytes(new byte[0]))
        .isInstanceOf(IllegalArgumentException.class);
    for (int length = 1; length < bytes.length; length++) {
      byte[] cut = Arrays.copyOf(bytes, length);
      assertThatThrownBy(() -> ContentDigest.fromBytes(cut))
          .isInstanceOf(IllegalArgumentException.class);
    }
    bytes[0] = 99;
    assertThatThrownBy(() -> ContentDigest.fromBytes(bytes))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void limitsAreChecked() {
    assertThatThrownBy(() -> new MessageLimits(201, 1, 1, 1, 1, 1, 1, 1))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new MessageLimits(1, 0, 1, 1, 1, 1, 1, 1))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
