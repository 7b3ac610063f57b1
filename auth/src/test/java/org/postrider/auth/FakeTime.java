package org.postrider.auth;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;

/** Time that passes when somebody sleeps, or when the test says so. */
final class FakeTime extends Clock implements Sleeper {
  private final AtomicLong millis = new AtomicLong(1_000_000_000_000L);
  private final List<Long> slept = new CopyOnWriteArrayList<>();

  @Override
  public void sleep(long duration) {
    slept.add(duration);
    millis.addAndGet(duration);
  }

  void pass(Duration duration) {
    millis.addAndGet(duration.toMillis());
  }

  /** What was slept since the last call, in milliseconds. */
  long sleptMillis() {
    long sum = slept.stream().mapToLong(Long::longValue).sum();
    slept.clear();
    return sum;
  }

  @Override
  public long millis() {
    return millis.get();
  }

  @Override
  public Instant instant() {
    return Instant.ofEpochMilli(millis.get());
  }

  @Override
  public ZoneId getZone() {
    return ZoneOffset.UTC;
  }

  @Override
  public Clock withZone(ZoneId zone) {
    return this;
  }
}
