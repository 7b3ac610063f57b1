package org.postrider.auth;

import java.time.Duration;

/**
 * Settings of authentication.
 *
 * @param failureDelay delay after the first failure, doubled with each further one
 * @param failureDelayMax the longest delay
 * @param failureHalfLife time in which the count of failures halves
 * @param passwordCache how long a right password is remembered, as a keyed hash in memory
 */
public record AuthSettings(
    Duration failureDelay,
    Duration failureDelayMax,
    Duration failureHalfLife,
    Duration passwordCache) {
  public static AuthSettings defaults() {
    return new AuthSettings(
        Duration.ofMillis(250),
        Duration.ofSeconds(8),
        Duration.ofMinutes(5),
        Duration.ofMinutes(5));
  }
}
