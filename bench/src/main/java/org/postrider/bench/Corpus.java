package org.postrider.bench;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Random;

/** Messages that are the same in every run: plain texts, alternatives, attachments, replies. */
final class Corpus {
  private static final String[] WORDS =
      ("rose mail letter rider road night harbour winter paper ink seal stamp window garden river"
              + " market bread candle morning answer question journey bridge tower meadow")
          .split(" ");

  /** A word that is in the body of one message of so many. */
  static final String RARE = "heliotrope";

  /** A word that is in nearly every body. */
  static final String COMMON = "harbour";

  private static final int RARE_EVERY = 5000;

  private Corpus() {}

  /**
   * A message.
   *
   * @param number which; each is another
   * @param octets about how long
   */
  static byte[] message(int number, int octets) {
    Random random = new Random(number * 31L + octets);
    StringBuilder text = new StringBuilder(octets + 1024);
    header(text, number, random);
    int kind = number % 10;
    if (kind < 5) {
      text.append("Content-Type: text/plain; charset=utf-8\r\n\r\n");
      text.append(number % RARE_EVERY == 1 ? RARE + "\r\n" : "");
      body(text, random, octets);
    } else if (kind < 8) {
      text.append("Content-Type: multipart/alternative; boundary=\"alt\"\r\n\r\n--alt\r\n");
      text.append("Content-Type: text/plain; charset=utf-8\r\n\r\n");
      body(text, random, octets / 2);
      text.append("\r\n--alt\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<html><body><p>");
      body(text, random, octets - 100);
      text.append("</p></body></html>\r\n--alt--\r\n");
    } else {
      attachment(text, random, octets, number);
    }
    return text.toString().getBytes(StandardCharsets.UTF_8);
  }

  private static void header(StringBuilder text, int number, Random random) {
    String word = WORDS[random.nextInt(WORDS.length)];
    text.append("From: ").append(word).append(" <").append(word).append("@sender.test>\r\n");
    text.append("To: Bench <").append(number % 100).append("u@bench.test>\r\n");
    text.append("Subject: ").append(number % 4 == 0 ? "Re: " : "").append(word).append(' ');
    text.append(number).append("\r\nDate: Mon, 2 Mar 2026 10:11:").append(10 + number % 50);
    text.append(" +0100\r\nMessage-ID: <").append(number).append('.').append(word);
    text.append("@sender.test>\r\n");
    if (number % 4 == 0) {
      text.append("In-Reply-To: <").append(Math.max(0, number - 4)).append("@sender.test>\r\n");
    }
    text.append("MIME-Version: 1.0\r\n");
  }

  private static void body(StringBuilder text, Random random, int until) {
    int column = 0;
    while (text.length() < until) {
      String word = WORDS[random.nextInt(WORDS.length)];
      text.append(word);
      column += word.length() + 1;
      if (column > 66) {
        text.append("\r\n");
        column = 0;
      } else {
        text.append(' ');
      }
    }
    text.append("\r\n");
  }

  private static void attachment(StringBuilder text, Random random, int octets, int number) {
    text.append("Content-Type: multipart/mixed; boundary=\"mix\"\r\n\r\n--mix\r\n");
    text.append("Content-Type: text/plain; charset=utf-8\r\n\r\n");
    body(text, random, Math.min(1500, octets / 2));
    text.append("\r\n--mix\r\nContent-Type: application/octet-stream; name=\"").append(number);
    text.append(".bin\"\r\nContent-Transfer-Encoding: base64\r\n");
    text.append("Content-Disposition: attachment; filename=\"")
        .append(number)
        .append(".bin\"\r\n\r\n");
    byte[] data = new byte[Math.max(60, (octets - text.length() - 20) * 3 / 4)];
    random.nextBytes(data);
    text.append(Base64.getMimeEncoder(76, new byte[] {'\r', '\n'}).encodeToString(data));
    text.append("\r\n--mix--\r\n");
  }
}
