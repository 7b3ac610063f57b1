package org.postrider.smtp.relay;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.postrider.storage.DeliveryQueue.Entry;

/**
 * Until when the sender wants his message delivered (RFC 2852).
 *
 * @param at epoch milliseconds
 * @param comesBack whether it is returned then; else the sender is told, and it is tried on
 * @param traced whether each step is to be reported
 */
record Deadline(long at, boolean comesBack, boolean traced) {
  private static final String BY = "BY=";
  private static final String HOLD_UNTIL = "HOLDUNTIL=";

  /** The deadline among the options of an entry. */
  static @Nullable Deadline of(Entry entry) {
    return option(entry, BY).map(value -> of(value, entry.created())).orElse(null);
  }

  /**
   * The deadline that a value of BY sets.
   *
   * @param arrival epoch milliseconds
   */
  static Deadline of(String value, long arrival) {
    int semicolon = value.indexOf(';');
    long seconds = Long.parseLong(value.substring(0, semicolon));
    String mode = value.substring(semicolon + 1);
    return new Deadline(arrival + seconds * 1000, mode.startsWith("R"), mode.endsWith("T"));
  }

  /**
   * When delivery could begin, from which all other times count: arrival, or the end of a hold (RFC
   * 4865), epoch milliseconds.
   */
  static long begin(Entry entry) {
    return option(entry, HOLD_UNTIL)
        .map(value ->
            Math.max(entry.created(), OffsetDateTime.parse(value).toInstant().toEpochMilli()))
        .orElse(entry.created());
  }

  private static Optional<String> option(Entry entry, String keyword) {
    for (String option : entry.envelopeOptions().split(" ", -1)) {
      if (option.startsWith(keyword)) {
        return Optional.of(option.substring(keyword.length()));
      }
    }
    return Optional.empty();
  }

  /** The failure of a message that is to come back by now; null when it may be tried. */
  static @Nullable Outcome missed(Entry entry, Instant now) {
    Deadline deadline = of(entry);
    return deadline != null && deadline.comesBack && deadline.isOver(now.toEpochMilli())
        ? Outcome.failed("5.4.7", "not delivered by the time that the sender named")
        : null;
  }

  boolean isOver(long now) {
    return now >= at;
  }

  /** The value of BY for the next server, counted from now. */
  String remaining(long now) {
    return seconds(now) + ";" + (comesBack ? "R" : "N") + (traced ? "T" : "");
  }

  /** What is left, seconds; negative when it is over. */
  long seconds(long now) {
    return Math.floorDiv(at - now, 1000L);
  }
}
