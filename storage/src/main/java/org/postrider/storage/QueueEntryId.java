package org.postrider.storage;

/**
 * Identifies a content on its way out; never reused.
 *
 * @param value the number in the database, positive
 */
public record QueueEntryId(long value) {
  @Override
  public String toString() {
    return Long.toString(value);
  }
}
