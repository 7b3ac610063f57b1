package org.postrider.storage;

/**
 * Identifies the immutable bytes of a message; never reused (also the EMAILID of RFC 8474).
 *
 * @param value the number in the database, positive
 */
public record ContentId(long value) {
  @Override
  public String toString() {
    return Long.toString(value);
  }
}
