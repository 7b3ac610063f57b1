package org.postrider.message;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;

/** Makes digests and checks what must be true of each. */
final class Digests {
  private Digests() {}

  static ContentDigest of(byte[] message) {
    DigestBuilder builder = new DigestBuilder();
    builder.update(message, 0, message.length);
    return builder.finish();
  }

  static void check(byte[] message, ContentDigest digest) {
    assertThat(digest.size()).isEqualTo(message.length);
    MimePart root = digest.root();
    assertThat(root.headerOffset()).isZero();
    assertThat(root.headerLength()).isEqualTo(digest.headerSize());
    assertThat(root.lines()).isEqualTo(digest.bodyLines());
    assertThat(root.bodyOffset() + root.bodyLength()).isEqualTo(message.length);
    checkPart(message, root, 0);
    assertThat(digest.preview()).hasSizeLessThanOrEqualTo(200).doesNotContain("\n", "\r", "\0");
    ImapSyntax.checkEnvelope(digest.envelope());
    ImapSyntax.checkBody(digest.bodyStructure(), true);
    ImapSyntax.checkBody(digest.body(), false);
    ContentDigest read = ContentDigest.fromBytes(digest.toBytes());
    assertThat(read).isEqualTo(digest);
    assertThat(read.root()).isEqualTo(root);
  }

  private static void checkPart(byte[] message, MimePart part, int depth) {
    assertThat(depth).isLessThanOrEqualTo(MessageLimits.DEFAULT.depthMax() + 1);
    assertThat(part.bodyOffset()).isEqualTo(part.headerOffset() + part.headerLength());
    assertThat(part.bodyLength()).isNotNegative();
    long end = part.bodyOffset() + part.bodyLength();
    assertThat(end).isLessThanOrEqualTo(message.length);
    assertThat(part.lines()).isEqualTo(lineEnds(message, part.bodyOffset(), end));
    List<MimePart> children = part.children();
    if (part.isMultipart()) {
      assertThat(children).isNotEmpty();
    } else {
      assertThat(children).hasSize(part.isMessage() ? 1 : 0);
    }
    long from = part.bodyOffset();
    for (MimePart child : children) {
      assertThat(child.headerOffset()).isBetween(from, end);
      from = child.bodyOffset() + child.bodyLength();
      assertThat(from).isLessThanOrEqualTo(end);
      checkPart(message, child, depth + 1);
    }
  }

  private static long lineEnds(byte[] message, long from, long to) {
    long count = 0;
    for (int i = (int) from; i < to; i++) {
      boolean crlf = message[i] == '\r' && i + 1 < message.length && message[i + 1] == '\n';
      if (message[i] == '\n' || (message[i] == '\r' && !crlf)) {
        count++;
      }
    }
    return count;
  }
}
