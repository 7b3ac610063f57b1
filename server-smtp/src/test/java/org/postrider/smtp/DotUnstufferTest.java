package org.postrider.smtp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

final class DotUnstufferTest {
  /** What was decoded, and how many octets that took; -1 when the data has not ended. */
  private record Result(String content, int taken, boolean bare, boolean nul) {}

  /** RFC 5321 §4.5.2 word by word, over the whole text at once. */
  private static Result reference(String input) {
    String end = "\r\n.\r\n";
    String framed = "\r\n" + input;
    int at = framed.indexOf(end);
    if (at < 0) {
      return new Result("", -1, false, false);
    }
    String content = framed.substring(0, at + 2).replace("\r\n.", "\r\n").substring(2);
    String withoutLines = content.replace("\r\n", "");
    boolean bare = withoutLines.indexOf('\r') >= 0 || withoutLines.indexOf('\n') >= 0;
    return new Result(content, at + end.length() - 2, bare, content.indexOf('\0') >= 0);
  }

  /** Windows of one array, as the receive buffer gives them. */
  private static Result decode(String input, int... cuts) {
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    LineEndCheck check = new LineEndCheck();
    DotUnstuffer unstuffer =
        new DotUnstuffer((octets, offset, length) -> {
          content.write(octets, offset, length);
          check.check(octets, offset, length);
        });
    byte[] bytes = input.getBytes(StandardCharsets.ISO_8859_1);
    int position = 0;
    for (int i = 0; i <= cuts.length && !unstuffer.ended(); i++) {
      int to = i < cuts.length ? cuts[i] : bytes.length;
      position += unstuffer.take(bytes, position, to);
      assertThat(unstuffer.ended() || position == to).isTrue();
    }
    return unstuffer.ended()
        ? new Result(
            content.toString(StandardCharsets.ISO_8859_1),
            position,
            check.hasBareLineEnd(true),
            check.hasNul())
        : new Result("", -1, false, false);
  }

  static Stream<String> inputs() {
    return Stream.of(
        ".\r\n",
        "\r\n.\r\n",
        "a\r\n.\r\nQUIT\r\n",
        "..\r\n.\r\n",
        ".a\r\n..\r\n...\r\n.\r\n",
        "a.\r\n.b\r\n. \r\n.\r\n",
        "a\n.\nb\r\n.\r\n",
        "a\n.\r\nb\r\n.\r\n",
        "a\r\n.\nb\r\n.\r\n",
        "a\r.\rb\r\n.\r\n",
        "a\r\n.\rb\r\n.\r\n",
        "a\r\n.\r\rb\r\n.\r\n",
        "a\r\n.\r\r\nb\r\n.\r\n",
        "a\r\r\n.\r\n",
        "a\n\r\n.\r\n",
        "\n.\r\n\r\n.\r\n",
        "\0\r\n.\r\n",
        "a\r\n..\r\n.\r\n.\r\n",
        "never\r\n..\r\n");
  }

  @ParameterizedTest
  @MethodSource("inputs")
  void readsAsTheReferenceDoesHoweverItIsSplit(String input) {
    Result expected = reference(input);
    assertThat(decode(input)).isEqualTo(expected);
    for (int a = 0; a <= input.length(); a++) {
      for (int b = a; b <= input.length(); b++) {
        assertThat(decode(input, a, b)).isEqualTo(expected);
      }
    }
    int[] everywhere = new int[input.length()];
    for (int i = 0; i < everywhere.length; i++) {
      everywhere[i] = i + 1;
    }
    assertThat(decode(input, everywhere)).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void readsRandomOctetsAsTheReferenceDoes(long seed) {
    Random random = new Random(seed);
    String alphabet = "..\r\r\n\n\0ax\u00e9";
    for (int i = 0; i < 20_000; i++) {
      StringBuilder input = new StringBuilder();
      int length = random.nextInt(24);
      for (int j = 0; j < length; j++) {
        input.append(
            random.nextInt(3) == 0
                ? "\r\n"
                : alphabet.substring(random.nextInt(alphabet.length())).substring(0, 1));
      }
      if (random.nextBoolean()) {
        input.append("\r\n.\r\n");
      }
      String text = input.toString();
      int a = random.nextInt(text.length() + 1);
      int b = a + random.nextInt(text.length() - a + 1);
      assertThat(decode(text, a, b)).as(text).isEqualTo(reference(text));
    }
  }

  @Test
  void passesTextOnInRuns() {
    int[] writes = {0};
    DotUnstuffer unstuffer = new DotUnstuffer((octets, offset, length) -> writes[0]++);
    byte[] bytes = ("line\r\n".repeat(1000) + ".\r\n").getBytes(StandardCharsets.ISO_8859_1);
    unstuffer.take(bytes, 0, bytes.length);
    assertThat(unstuffer.ended()).isTrue();
    assertThat(writes[0]).isEqualTo(1);
  }
}
