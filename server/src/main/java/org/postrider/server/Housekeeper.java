package org.postrider.server;

import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.postrider.server.config.HousekeepingSettings;
import org.postrider.storage.Housekeeping;
import org.postrider.storage.Store;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sets the pace of the store's housekeeping: the whole store is read again within a period, and
 * sparse parts of the file are brought together, more of them while nobody writes.
 */
final class Housekeeper implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Housekeeper.class);
  private static final Duration CLOSE_MAX = Duration.ofSeconds(5);

  /** The store is read at least that fast, octets a second, so that a small one is done soon. */
  private static final long SCRUB_MIN = 64 << 10;

  /** What a step counts beside the octets it read. */
  private static final long SCRUB_STEP_OCTETS = 4 << 10;

  private static final Duration SCRUB_REST = Duration.ofMinutes(1);
  private static final Duration REWRITE_STEP = Duration.ofMillis(500);

  /** Nothing to rewrite: look again after that time. */
  private static final Duration REWRITE_REST = Duration.ofSeconds(10);

  private static final int REWRITE_IDLE = 4 << 20;
  private static final int REWRITE_BUSY = 1 << 20;

  private final Store store;
  private final HousekeepingSettings settings;
  private final Clock clock;
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("housekeeper").daemon().factory());
  private long jobs;

  private Housekeeper(Store store, HousekeepingSettings settings, Clock clock) {
    this.store = store;
    this.settings = settings;
    this.clock = clock;
  }

  static Housekeeper start(Store store, HousekeepingSettings settings, Clock clock) {
    Housekeeper housekeeper = new Housekeeper(store, settings, clock);
    if (!settings.scrubPeriod().isZero()) {
      housekeeper.next(housekeeper::scrub, SCRUB_REST);
    }
    housekeeper.next(housekeeper::rewrite, REWRITE_REST);
    return housekeeper;
  }

  private void next(Runnable step, Duration delay) {
    if (!thread.isShutdown()) {
      thread.schedule(step, delay.toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  private void scrub() {
    Duration delay = SCRUB_REST;
    try {
      Housekeeping housekeeping = store.housekeeping();
      boolean due =
          housekeeping.progress().began().isPresent()
              || clock.instant().isAfter(housekeeping.lastScrub().plus(settings.scrubPeriod()));
      if (due) {
        delay = scrub(housekeeping);
      }
    } catch (RuntimeException e) {
      log.warn("scrub: failed, will try again in {}", delay, e);
    }
    next(this::scrub, delay);
  }

  /** Reads as much as is due in a second, and returns how long to wait then. */
  private Duration scrub(Housekeeping housekeeping) {
    long inPeriod = 2 * housekeeping.octets() / Math.max(1, settings.scrubPeriod().toSeconds());
    long rate = Math.min(settings.scrubBytesPerSecond(), Math.max(SCRUB_MIN, inPeriod));
    long read = 0;
    while (read < rate && !thread.isShutdown()) {
      long octets = housekeeping.scrub();
      if (octets < 0) {
        log.info(
            "scrub: all messages were read, {} are damaged", housekeeping.progress().damaged());
        return SCRUB_REST;
      }
      read += octets + SCRUB_STEP_OCTETS;
    }
    return Duration.ofMillis(read * 1000 / rate);
  }

  private void rewrite() {
    Duration delay = REWRITE_REST;
    try {
      long now = store.housekeeping().changes();
      boolean idle = now == jobs;
      if (store.housekeeping().rewriteSparse(idle ? REWRITE_IDLE : REWRITE_BUSY)) {
        delay = REWRITE_STEP;
      }
      jobs = store.housekeeping().changes();
    } catch (RuntimeException e) {
      log.warn("housekeeper: failed, will try again in {}", delay, e);
    }
    next(this::rewrite, delay);
  }

  @Override
  public void close() {
    thread.shutdownNow();
    try {
      if (!thread.awaitTermination(CLOSE_MAX.toMillis(), TimeUnit.MILLISECONDS)) {
        log.warn("housekeeper: still busy after {}", CLOSE_MAX);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
