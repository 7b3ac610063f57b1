package org.postrider.server;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.postrider.storage.Contents;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deletes what is past its retention, in small batches with pauses, so that mail need not wait for
 * it.
 */
final class Sweeper implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Sweeper.class);

  /** One job of the writer; the pause after it lets the deliveries by that came meanwhile. */
  private static final int BATCH_ROWS = 20;

  private static final Duration PAUSE = Duration.ofMillis(25);
  private static final Duration CLOSE_MAX = Duration.ofSeconds(5);

  private final Contents contents;
  private final Duration interval;
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("sweeper").daemon().factory());

  private Sweeper(Contents contents, Duration interval) {
    this.contents = contents;
    this.interval = interval;
  }

  /** Sweeps after each interval. */
  static Sweeper start(Contents contents, Duration interval) {
    Sweeper sweeper = new Sweeper(contents, interval);
    sweeper.next(interval);
    return sweeper;
  }

  private void next(Duration delay) {
    thread.schedule(this::sweep, delay.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void sweep() {
    Duration delay = interval;
    try {
      long rows = contents.sweep(BATCH_ROWS);
      if (rows > 0) {
        log.debug("sweeper: {} rows deleted", rows);
        delay = PAUSE;
      }
    } catch (RuntimeException e) {
      log.warn("sweeper: failed, will try again in {}", interval, e);
    }
    if (!thread.isShutdown()) {
      next(delay);
    }
  }

  @Override
  public void close() {
    thread.shutdownNow();
    try {
      if (!thread.awaitTermination(CLOSE_MAX.toMillis(), TimeUnit.MILLISECONDS)) {
        log.warn("sweeper: still busy after {}", CLOSE_MAX);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
