package org.postrider.cli;

import java.io.Console;
import java.io.PrintWriter;
import java.util.Optional;
import org.postrider.control.operation.Progress;

/** Shows on a terminal how far long work is, on one line that is gone when it is done. */
final class ProgressLine implements Progress, AutoCloseable {
  private static final long INTERVAL_NANOS = 100_000_000;
  private static final int BAR = 30;

  private final PrintWriter terminal;
  private long last = System.nanoTime();
  private int shown;

  ProgressLine(PrintWriter terminal) {
    this.terminal = terminal;
  }

  /** Whether a person looks at what is printed. */
  static boolean isTerminal() {
    return Optional.ofNullable(System.console()).filter(Console::isTerminal).isPresent();
  }

  @Override
  public void report(String what, long done, long total) {
    long now = System.nanoTime();
    if (now - last >= INTERVAL_NANOS) {
      last = now;
      show(text(what, done, total));
    }
  }

  /** For instance {@code [#####.....] 50% of 1200 messages}. */
  static String text(String what, long done, long total) {
    if (total <= 0) {
      return done + " " + what;
    }
    int filled = (int) Math.min(BAR, Math.max(0, done) * BAR / total);
    return "["
        + "#".repeat(filled)
        + ".".repeat(BAR - filled)
        + "] "
        + Math.min(100, done * 100 / total)
        + "% of "
        + total
        + " "
        + what;
  }

  private void show(String text) {
    terminal.print("\r" + text + " ".repeat(Math.max(0, shown - text.length())));
    terminal.flush();
    shown = text.length();
  }

  /** Takes the line away. */
  @Override
  public void close() {
    if (shown > 0) {
      show("");
      terminal.print("\r");
      terminal.flush();
    }
  }
}
