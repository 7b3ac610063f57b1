package org.postrider.storage;

/**
 * A change of flags, as IMAP STORE asks for it (RFC 9051 §6.4.6).
 *
 * @param mode what to do with {@code flags}
 */
public record FlagChange(Mode mode, MessageFlags flags) {
  /** Replaces, adds or removes. */
  public enum Mode {
    REPLACE,
    ADD,
    REMOVE
  }
}
