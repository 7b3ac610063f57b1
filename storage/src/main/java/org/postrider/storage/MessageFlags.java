package org.postrider.storage;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/**
 * The flags and keywords of one message.
 *
 * @param system bits of {@link SystemFlag#bit()}
 * @param keywords keyword names in the case they were first given in, without duplicates in any
 *     case, sorted case-insensitively; mostly empty
 */
public record MessageFlags(int system, List<String> keywords) {
  private static final MessageFlags[] WITHOUT_KEYWORDS =
      new MessageFlags[1 << SystemFlag.values().length];

  static {
    for (int i = 0; i < WITHOUT_KEYWORDS.length; i++) {
      WITHOUT_KEYWORDS[i] = new MessageFlags(i, List.of());
    }
  }

  public static final MessageFlags NONE = of();

  /** Flags without keywords; allocates nothing. */
  public static MessageFlags ofBits(int system) {
    return WITHOUT_KEYWORDS[system];
  }

  public static MessageFlags of(SystemFlag... flags) {
    int bits = 0;
    for (SystemFlag flag : flags) {
      bits |= flag.bit();
    }
    return WITHOUT_KEYWORDS[bits];
  }

  /** Flags with keywords in any order, perhaps doubled. */
  public static MessageFlags of(int system, Iterable<String> keywords) {
    TreeSet<String> sorted = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
    keywords.forEach(sorted::add);
    return sorted.isEmpty()
        ? ofBits(system)
        : new MessageFlags(system, List.copyOf(new ArrayList<>(sorted)));
  }

  public boolean has(SystemFlag flag) {
    return (system & flag.bit()) != 0;
  }

  /** Whether the keyword is set; keywords are compared without case (RFC 9051 §2.3.2). */
  public boolean hasKeyword(String keyword) {
    for (String k : keywords) {
      if (k.equalsIgnoreCase(keyword)) {
        return true;
      }
    }
    return false;
  }
}
