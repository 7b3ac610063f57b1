package org.postrider.server;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** What the clients of a server that is killed share: tokens, and counts. */
final class KillLog {
  private final AtomicInteger tokens = new AtomicInteger();
  private final AtomicLong acknowledged = new AtomicLong();
  private final List<String> problems = Collections.synchronizedList(new ArrayList<>());
  private volatile CountDownLatch untilKill = new CountDownLatch(0);
  private volatile boolean killed;

  /** A new life of the server, until so many changes are acknowledged. */
  void begin(int acknowledgements) {
    untilKill = new CountDownLatch(acknowledgements);
    killed = false;
  }

  CountDownLatch untilKill() {
    return untilKill;
  }

  /** From now on clients may fail. */
  void killed() {
    killed = true;
  }

  boolean isKilled() {
    return killed;
  }

  int nextToken() {
    return tokens.incrementAndGet();
  }

  void acknowledge() {
    acknowledged.incrementAndGet();
    untilKill.countDown();
  }

  /** Something that is no acknowledgement came a step nearer to the kill. */
  void step() {
    untilKill.countDown();
  }

  long acknowledged() {
    return acknowledged.get();
  }

  /**
   * Something is wrong.
   *
   * @param text begins with lost, half, twice, moved, corrupt or failed
   */
  void problem(String text) {
    problems.add(text);
  }

  List<String> problems() {
    return List.copyOf(problems);
  }

  /** The message of a token, known again by it. */
  static String message(int token) {
    return "From: <load@example.com>\r\nSubject: token-"
        + token
        + "\r\n\r\n"
        + ("line of " + token + "x".repeat(60) + "\r\n").repeat(token % 60);
  }
}
