package org.postrider.message;

import com.ibm.icu.text.IDNA;
import java.util.Locale;
import java.util.Optional;

/**
 * Domain names beyond ASCII: IDNA2008 (RFC 5890 to 5893), after the mapping of UTS #46 without its
 * transitional forms, so that {@code straße} is not {@code strasse}. Symbols, which UTS #46 lets
 * pass for old browsers, are no part of a domain name (RFC 5892).
 */
public final class DomainName {
  /** Octets of a name in ASCII without its last dot (RFC 1035 §2.3.4). */
  public static final int OCTETS_MAX = 253;

  /** The library is large: nobody loads it who has no such name. */
  private static final class Rules {
    private static final IDNA UTS46 =
        IDNA.getUTS46Instance(
            IDNA.USE_STD3_RULES
                | IDNA.CHECK_BIDI
                | IDNA.CHECK_CONTEXTJ
                | IDNA.CHECK_CONTEXTO
                | IDNA.NONTRANSITIONAL_TO_ASCII
                | IDNA.NONTRANSITIONAL_TO_UNICODE);
  }

  private DomainName() {}

  /** The name with A-labels, in lower case; empty when it is none. */
  public static Optional<String> toAscii(String name) {
    if (isPlain(name)) {
      return name.length() <= OCTETS_MAX ? Optional.of(lower(name)) : Optional.empty();
    }
    StringBuilder ascii = new StringBuilder();
    IDNA.Info info = new IDNA.Info();
    Rules.UTS46.nameToASCII(name, ascii, info);
    // The library checks the length and all else of A-labels too; what they stand for is checked
    // here.
    return info.hasErrors() || toUnicode(ascii.toString()).isEmpty()
        ? Optional.empty()
        : Optional.of(ascii.toString());
  }

  /** The name with U-labels, in lower case; empty when it is none. */
  public static Optional<String> toUnicode(String name) {
    if (isPlain(name)) {
      return name.length() <= OCTETS_MAX ? Optional.of(lower(name)) : Optional.empty();
    }
    StringBuilder unicode = new StringBuilder();
    IDNA.Info info = new IDNA.Info();
    Rules.UTS46.nameToUnicode(name, unicode, info);
    return info.hasErrors() || !unicode.codePoints().allMatch(DomainName::isValid)
        ? Optional.empty()
        : Optional.of(unicode.toString());
  }

  private static String lower(String name) {
    return name.toLowerCase(Locale.ROOT);
  }

  /** Whether all labels are ASCII and none is an A-label; their form is the caller's to check. */
  private static boolean isPlain(String name) {
    for (int i = 0; i < name.length(); i++) {
      if (name.charAt(i) >= 0x80) {
        return false;
      }
    }
    return !lower(name).contains("xn--");
  }

  /** RFC 5892 §2, for what the mapping leaves: stable, in lower case, and assigned. */
  private static boolean isValid(int c) {
    if (c < 0x80) {
      return true;
    }
    return switch (c) {
      // §2.6: allowed by exception; the library looks at their context
      case 0xB7, 0x375, 0x5F3, 0x5F4, 0x30FB, 0x6FD, 0x6FE, 0xF0B, 0x3007 -> true;
      // §2.8
      case 0x200C, 0x200D -> true;
      // §2.6: forbidden by exception
      case 0x640, 0x7FA, 0x302E, 0x302F, 0x3031, 0x3032, 0x3033, 0x3034, 0x3035, 0x303B -> false;
      default ->
          !isOldHangul(c)
              && switch (Character.getType(c)) {
                case Character.LOWERCASE_LETTER,
                    Character.OTHER_LETTER,
                    Character.MODIFIER_LETTER,
                    Character.NON_SPACING_MARK,
                    Character.COMBINING_SPACING_MARK,
                    Character.DECIMAL_DIGIT_NUMBER ->
                    true;
                default -> false;
              };
    };
  }

  /** RFC 5892 §2.9. */
  private static boolean isOldHangul(int c) {
    return (c >= 0x1100 && c <= 0x11FF)
        || (c >= 0xA960 && c <= 0xA97F)
        || (c >= 0xD7B0 && c <= 0xD7FF);
  }
}
