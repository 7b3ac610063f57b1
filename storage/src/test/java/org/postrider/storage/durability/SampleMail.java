package org.postrider.storage.durability;

import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;
import org.postrider.storage.ContentWriter;
import org.postrider.storage.StagedContent;
import org.postrider.storage.Store;

/** Messages that are made from a number, the token, and are known again by it. */
final class SampleMail {
  private static final String FIELD = "X-Token: ";

  private SampleMail() {}

  /** The message of that token: mostly some KB, some times long enough to be staged in parts. */
  static byte[] of(long token) {
    SplittableRandom random = new SplittableRandom(token);
    int kind = random.nextInt(100);
    int octets =
        kind < 75
            ? 100 + random.nextInt(4_000)
            : kind < 96 ? 4_000 + random.nextInt(16_000) : 40_000 + random.nextInt(80_000);
    String header = FIELD + token + "\r\nFrom: a@example.org\r\nSubject: no. " + token + "\r\n\r\n";
    byte[] start = header.getBytes(StandardCharsets.US_ASCII);
    byte[] message = new byte[start.length + octets];
    random.nextBytes(message);
    for (int i = start.length; i < message.length; i++) {
      int column = (i - start.length) % 72;
      message[i] = (byte) (column == 70 ? '\r' : column == 71 ? '\n' : 'A' + (message[i] & 31));
    }
    System.arraycopy(start, 0, message, 0, start.length);
    return message;
  }

  /**
   * The token of a message or of its header.
   *
   * @throws IllegalArgumentException when it is none of ours
   */
  static long token(byte[] message) {
    String start =
        new String(message, 0, Math.min(message.length, 64), StandardCharsets.ISO_8859_1);
    if (!start.startsWith(FIELD) || start.indexOf('\r') < 0) {
      throw new IllegalArgumentException("not a message of ours: " + start);
    }
    return Long.parseLong(start.substring(FIELD.length(), start.indexOf('\r')));
  }

  static StagedContent stage(Store store, long token) {
    byte[] bytes = of(token);
    try (ContentWriter writer = store.contents().write()) {
      // In parts, as a session would.
      for (int at = 0; at < bytes.length; at += 8192) {
        writer.write(bytes, at, Math.min(8192, bytes.length - at));
      }
      return writer.finish();
    }
  }
}
