package org.postrider.smtp.check;

import java.util.List;

/** What a check says of a message. */
public sealed interface Verdict {
  Verdict PASS = new Pass();

  /** It has nothing against it; the next check is asked. */
  record Pass() implements Verdict {}

  /** The client is told that it was taken, and it is dropped. */
  record Discard() implements Verdict {}

  /**
   * It is refused with that reply.
   *
   * @param code 400 to 599
   * @param enhanced RFC 3463, of the same class
   * @param lines one or more, printable
   */
  record Refuse(int code, String enhanced, List<String> lines) implements Verdict {
    /** Longest line, and most lines, of what a peer wants to have said. */
    private static final int LINE_MAX = 400;

    private static final int LINES_MAX = 20;

    public Refuse {
      lines =
          lines.stream()
              .limit(LINES_MAX)
              .map(line -> line.replaceAll("\\p{Cntrl}", " ").strip())
              .map(line -> line.substring(0, Math.min(line.length(), LINE_MAX)))
              .toList();
    }

    Refuse(int code, String enhanced, String line) {
      this(code, enhanced, List.of(line));
    }
  }
}
