package org.postrider.control;

import java.time.Duration;

/**
 * Limits of the control socket.
 *
 * @param requestBytesMax longest request, octets
 * @param replyBytesMax longest reply a client takes, octets
 * @param connectionsMax open at the same time; one more is refused
 * @param patience how long a client waits for a store that another process is just opening or
 *     closing
 */
public record ControlLimits(
    int requestBytesMax, int replyBytesMax, int connectionsMax, Duration patience) {
  public static ControlLimits defaults() {
    return new ControlLimits(1 << 20, 256 << 20, 64, Duration.ofSeconds(5));
  }
}
