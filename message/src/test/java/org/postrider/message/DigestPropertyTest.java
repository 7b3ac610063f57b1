package org.postrider.message;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;

/** Whatever the bytes are, the digest is sound and does not depend on how they were cut. */
class DigestPropertyTest {
  private static final List<Golden> CORPUS = Golden.all();
  private static final int MESSAGES = 200;

  private static final String[] TOKENS = {
    "\r\n",
    "\n",
    "\r",
    "\r\n\r\n",
    "--",
    "\r\n--b\r\n",
    "\r\n--b--\r\n",
    "--foo",
    "--foobar--\r\n",
    "Content-Type: multipart/mixed; boundary=b\r\n\r\n",
    "Content-Type: message/rfc822\r\n\r\n",
    "Content-Type: multipart/digest; boundary=\"foo\"\r\n",
    "Content-Type: text/html\r\n\r\n",
    "Content-Transfer-Encoding: base64\r\n",
    "Content-Transfer-Encoding: quoted-printable\r\n",
    "Content-Disposition: attachment; filename*0*=x''%41; filename*1=b\r\n",
    "From: ",
    "To: a:b@c,<@x:y@z>;(",
    "\"",
    "\\",
    "<",
    ">",
    "(",
    ")",
    ",",
    ";",
    ":",
    "@",
    "=?utf-8?q?",
    "\0",
    "\u00ff",
    "\t",
    " ",
    "=",
    "\u00c3\u00bc"
  };

  @RepeatedTest(10)
  void mutatedMessages(RepetitionInfo repetition) {
    Random random = new Random(repetition.getCurrentRepetition());
    for (int i = 0; i < MESSAGES; i++) {
      byte[] message = CORPUS.get(random.nextInt(CORPUS.size())).message();
      for (int changes = 1 + random.nextInt(6); changes > 0; changes--) {
        message = mutate(message, random);
      }
      checkAnyChunking(message, random);
    }
  }

  @RepeatedTest(5)
  void randomTokens(RepetitionInfo repetition) {
    Random random = new Random(1_000 + repetition.getCurrentRepetition());
    for (int i = 0; i < MESSAGES; i++) {
      ByteArrayOutputStream message = new ByteArrayOutputStream();
      for (int tokens = random.nextInt(60); tokens > 0; tokens--) {
        message.writeBytes(token(random));
      }
      checkAnyChunking(message.toByteArray(), random);
    }
  }

  @RepeatedTest(5)
  void randomBytes(RepetitionInfo repetition) {
    Random random = new Random(2_000 + repetition.getCurrentRepetition());
    for (int i = 0; i < MESSAGES; i++) {
      byte[] message = new byte[random.nextInt(300)];
      random.nextBytes(message);
      checkAnyChunking(message, random);
    }
  }

  private static void checkAnyChunking(byte[] message, Random random) {
    String hex = HexFormat.of().formatHex(message);
    try {
      ContentDigest whole = Digests.of(message);
      Digests.check(message, whole);
      DigestBuilder builder = new DigestBuilder();
      int bound = 1 + random.nextInt(20);
      for (int at = 0; at < message.length; ) {
        int count = Math.min(message.length - at, random.nextInt(bound + 1));
        builder.update(message, at, count);
        at += count;
      }
      assertThat(builder.finish()).isEqualTo(whole);
      Header.parse(message);
    } catch (RuntimeException | AssertionError e) {
      throw new AssertionError("message " + hex, e);
    }
  }

  private static byte[] token(Random random) {
    return TOKENS[random.nextInt(TOKENS.length)].getBytes(ISO_8859_1);
  }

  private static byte[] mutate(byte[] message, Random random) {
    int at = random.nextInt(message.length + 1);
    int end = at + random.nextInt(message.length - at + 1);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(message, 0, at);
    switch (random.nextInt(5)) {
      case 0 -> out.write(message, Math.min(end, at + 20), message.length - Math.min(end, at + 20));
      case 1 -> {
        out.writeBytes(token(random));
        out.write(message, at, message.length - at);
      }
      case 2 -> {
        out.write(message, at, Math.min(end, at + 400) - at);
        out.write(message, at, message.length - at);
      }
      case 3 -> {
        out.write(random.nextInt(256));
        out.write(
            message,
            Math.min(at + 1, message.length),
            message.length - Math.min(at + 1, message.length));
      }
      default -> {
        if (random.nextInt(4) > 0) {
          out.write(message, at, message.length - at);
        }
      }
    }
    return out.toByteArray();
  }
}
