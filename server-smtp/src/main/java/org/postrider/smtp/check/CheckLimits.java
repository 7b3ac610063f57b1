package org.postrider.smtp.check;

import java.time.Duration;

/**
 * What a check may take, and what is done when it fails.
 *
 * @param timeout longest time for one message; a milter that reports progress gets it anew
 * @param atOnce messages that are checked at the same time; others wait, within the timeout
 */
public record CheckLimits(Duration timeout, int atOnce, OnFailure onFailure) {
  /** What becomes of a message that can't be checked. */
  public enum OnFailure {
    /** It passes. */
    ACCEPT,
    /** Its client is told to try again later. */
    DEFER
  }
}
