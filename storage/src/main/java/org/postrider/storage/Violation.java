package org.postrider.storage;

import org.jspecify.annotations.Nullable;

/**
 * Something in the store that contradicts one of its invariants.
 *
 * @param invariant what is broken, in a few words
 * @param subject where, for people: an account, a folder, a message
 * @param mended what was done about it, or null when it stays as it is
 */
public record Violation(String invariant, String subject, @Nullable String mended) {
  @Override
  public String toString() {
    return invariant + ": " + subject + (mended == null ? "" : " (" + mended + ")");
  }
}
