package org.postrider.storage;

/**
 * Identifies an account for ever; never reused.
 *
 * @param value the number in the database, positive
 */
public record AccountId(long value) {
  @Override
  public String toString() {
    return Long.toString(value);
  }
}
