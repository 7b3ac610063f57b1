package org.postrider.testkit;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.postrider.testkit.TranscriptRunner.Mode;
import org.postrider.testkit.TranscriptRunner.Refusal;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Plays transcripts while one call of the database fails: the client must get a coded answer and
 * have a clean session after it. Every call of each with {@code -Dpostrider.faults=all}, otherwise
 * one of each, with {@code -Dpostrider.faults.seed=S} another.
 *
 * <p>All use the same server and so the same few connections to the database: were one of them not
 * given back, the last transcripts, also played without a fault, would wait for it in vain. At the
 * end no buffer and no thread may be left.
 */
public final class StorageFaults {
  private static final Logger log = LoggerFactory.getLogger(StorageFaults.class);

  /** Whether all is to be played, however long it takes. */
  public static final boolean ALL = "all".equals(System.getProperty("postrider.faults"));

  private static final long SEED = Long.getLong("postrider.faults.seed", 1);

  /** A server to be played against. */
  public interface Server extends AutoCloseable {
    InetSocketAddress address();

    /** What a transcript knows, with an account of its own. */
    Map<String, String> variables();

    /** Whether the store gave up, as it should when a commit failed. */
    boolean failed();

    /** Open connections. */
    int connections();

    @Override
    void close();
  }

  /** Starts a server. */
  @FunctionalInterface
  public interface Start {
    Server start() throws IOException;
  }

  private final FaultyDriver driver;
  private final Start start;
  private final Refusal refusal;
  private final List<String> problems = new ArrayList<>();
  private Server server;
  private int attempts;
  private int faults;

  private StorageFaults(FaultyDriver driver, Start start, Refusal refusal) throws IOException {
    this.driver = driver;
    this.start = start;
    this.refusal = refusal;
    this.server = start.start();
  }

  /**
   * Plays them all.
   *
   * @return what is wrong, with how to do it again
   */
  public static List<String> play(List<Path> transcripts, Refusal refusal, Start start)
      throws Exception {
    try (Leaks leaks = new Leaks();
        FaultyDriver driver = FaultyDriver.install()) {
      StorageFaults faults = new StorageFaults(driver, start, refusal);
      try {
        for (Path file : transcripts) {
          faults.play(Transcript.load(file));
        }
        faults.playWell(Transcript.load(transcripts.getLast()));
        // Some calls are not made a second time, since their outcome is remembered.
        if (faults.faults < faults.attempts / 4) {
          faults.problems.add("only " + faults.faults + " of " + faults.attempts + " calls failed");
        }
        log.info(
            "{} of {} calls failed in {} transcripts",
            faults.faults,
            faults.attempts,
            transcripts.size());
      } finally {
        faults.server.close();
      }
      faults.problems.addAll(leaks.found());
      return faults.problems;
    }
  }

  private void play(Transcript transcript) throws IOException {
    long calls = playWell(transcript);
    if (calls == 0) {
      return;
    }
    if (ALL) {
      for (long call = 0; call < calls; call++) {
        fail(transcript, call);
      }
    } else {
      fail(transcript, new SplittableRandom(SEED ^ transcript.name().hashCode()).nextLong(calls));
    }
  }

  /** Plays it without a fault; the number of calls. */
  private long playWell(Transcript transcript) {
    Map<String, String> variables = server.variables();
    long before = driver.calls();
    TranscriptRunner.run(transcript, server.address(), variables, Mode.WHOLE);
    return driver.calls() - before;
  }

  private void fail(Transcript transcript, long call) throws IOException {
    attempts++;
    Map<String, String> variables = server.variables();
    driver.failAfter(call);
    try {
      TranscriptRunner.runToRefusal(
          transcript, server.address(), variables, refusal, server::failed);
    } catch (AssertionError e) {
      problems.add("call " + call + ": " + e.getMessage());
    }
    if (driver.disarm()) {
      faults++;
    }
    long deadline = System.nanoTime() + TranscriptRunner.DEADLINE.toNanos();
    while (server.connections() > 0 && System.nanoTime() < deadline) {
      Thread.onSpinWait();
    }
    if (server.connections() > 0) {
      problems.add("call " + call + " of " + transcript.name() + ": a connection stays open");
    }
    if (server.failed()) {
      server.close();
      server = start.start();
    }
  }
}
