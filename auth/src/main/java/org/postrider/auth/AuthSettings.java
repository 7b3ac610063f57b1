package org.postrider.auth;

import java.time.Duration;

/**
 * Settings of authentication.
 *
 * @param failureDelay delay after the first failure, doubled with each further one
 * @param failureDelayMax the longest delay
 * @param failureHalfLife time in which the count of failures halves
 * @param passwordCache how long a right password is remembered, as a keyed hash in memory
 * @param familiarity how long an address from which an account logged in is not slowed by that
 *     account's failures elsewhere, nor by other accounts' failures from the same address
 * @param waitingMax attempts that may wait for their delay at one time, per account and per
 *     address; more are refused as {@link AuthOutcome.Reason#THROTTLED}
 * @param entriesMax most entries of each table in memory: counters, familiar addresses, remembered
 *     passwords
 * @param iterations PBKDF2 iterations of new credentials, at least {@value #ITERATIONS_MIN}; older
 *     ones with fewer are renewed when their owner logs in with the password
 */
public record AuthSettings(
    Duration failureDelay,
    Duration failureDelayMax,
    Duration failureHalfLife,
    Duration passwordCache,
    Duration familiarity,
    int waitingMax,
    int entriesMax,
    int iterations) {
  /** RFC 7677 §4: an iteration count of at least 4096. */
  public static final int ITERATIONS_MIN = 4096;

  /** Ends absurd imports: half a minute of CPU for one login. */
  public static final int ITERATIONS_MAX = 10_000_000;

  /** What an installation has that sets nothing. */
  public static final int ITERATIONS_DEFAULT = 10_000;

  /** Refuses counts and durations that make no sense. */
  public AuthSettings {
    if (iterations < ITERATIONS_MIN || iterations > ITERATIONS_MAX) {
      throw new IllegalArgumentException(
          "iterations: " + ITERATIONS_MIN + " to " + ITERATIONS_MAX + ", not " + iterations);
    }
    if (waitingMax < 1 || entriesMax < 1) {
      throw new IllegalArgumentException("waitingMax and entriesMax: at least 1");
    }
    if (failureDelay.isNegative() || failureDelayMax.compareTo(failureDelay) < 0) {
      throw new IllegalArgumentException("failureDelayMax: at least failureDelay, which is >= 0");
    }
    if (!failureHalfLife.isPositive() || !passwordCache.isPositive() || !familiarity.isPositive()) {
      throw new IllegalArgumentException(
          "failureHalfLife, passwordCache and familiarity: more than 0");
    }
  }

  /** The defaults. */
  public static AuthSettings defaults() {
    return new AuthSettings(
        Duration.ofMillis(250),
        Duration.ofSeconds(8),
        Duration.ofMinutes(5),
        Duration.ofMinutes(5),
        Duration.ofDays(1),
        32,
        20_000,
        ITERATIONS_DEFAULT);
  }
}
