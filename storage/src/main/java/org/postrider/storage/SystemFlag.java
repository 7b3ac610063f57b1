package org.postrider.storage;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The system flags of RFC 9051 §2.3.2; {@code \Recent} is a property of a session, not of a
 * message.
 */
public enum SystemFlag {
  SEEN("\\Seen", 1),
  ANSWERED("\\Answered", 2),
  FLAGGED("\\Flagged", 4),
  DELETED("\\Deleted", 8),
  DRAFT("\\Draft", 16);

  private final String imapName;
  private final int bit;

  SystemFlag(String imapName, int bit) {
    this.imapName = imapName;
    this.bit = bit;
  }

  /** The name as IMAP writes it, with the backslash. */
  public String imapName() {
    return imapName;
  }

  /** This flag's bit in {@link MessageFlags#system()} and in the database. */
  public int bit() {
    return bit;
  }

  /** The flag of that name in any case, or null. */
  public static @Nullable SystemFlag byName(String name) {
    return switch (name.toLowerCase(Locale.ROOT)) {
      case "\\seen" -> SEEN;
      case "\\answered" -> ANSWERED;
      case "\\flagged" -> FLAGGED;
      case "\\deleted" -> DELETED;
      case "\\draft" -> DRAFT;
      default -> null;
    };
  }
}
