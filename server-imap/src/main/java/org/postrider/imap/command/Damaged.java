package org.postrider.imap.command;

import java.util.List;
import java.util.stream.Collectors;

/** Messages that the disk does not give back. */
final class Damaged {
  /** UIDs that are named in a response. */
  private static final int NAMED_MAX = 20;

  private Damaged() {}

  /**
   * What the client is told of them.
   *
   * @param participle what was not done to them
   */
  static String sentence(String participle, List<Long> uids) {
    return listed("Damaged on the server's disk, and not " + participle, uids);
  }

  /** What is wrong with messages, and their UIDs. */
  static String listed(String what, List<Long> uids) {
    return what
        + ": UID "
        + uids.stream().limit(NAMED_MAX).map(String::valueOf).collect(Collectors.joining(" "))
        + (uids.size() > NAMED_MAX ? " ..." : "");
  }
}
