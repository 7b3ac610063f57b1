package org.postrider.auth;

import java.text.Normalizer;

/**
 * SASLprep (RFC 4013), the profile of stringprep (RFC 3454) that passwords go through before they
 * are hashed, so that the same password typed on two machines gives the same octets.
 *
 * <p>Code points that Unicode 3.2 did not assign are let through, as RFC 3454 §7 has it for
 * queries: a password of today's letters and symbols works, and hashes the same way when it is set
 * and when it is checked.
 */
final class SaslPrep {
  private SaslPrep() {}

  /**
   * The prepared form; may be empty.
   *
   * @throws IllegalArgumentException when the text has a prohibited character, or mixes directions
   */
  static String prepare(String text) {
    if (isPrintableAscii(text)) {
      return text;
    }
    StringBuilder mapped = new StringBuilder(text.length());
    text.codePoints()
        .forEach(c -> {
          if (isNonAsciiSpace(c)) {
            mapped.append(' ');
          } else if (!isMappedToNothing(c)) {
            mapped.appendCodePoint(c);
          }
        });
    String normalized = Normalizer.normalize(mapped, Normalizer.Form.NFKC);
    normalized.codePoints().forEach(SaslPrep::refuseProhibited);
    refuseMixedDirections(normalized);
    return normalized;
  }

  private static boolean isPrintableAscii(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < 0x20 || c > 0x7e) {
        return false;
      }
    }
    return true;
  }

  /** RFC 3454 table C.1.2. ZERO WIDTH SPACE is in B.1, too; this one first, as libidn has it. */
  private static boolean isNonAsciiSpace(int c) {
    return c == 0xa0
        || c == 0x1680
        || (c >= 0x2000 && c <= 0x200b)
        || c == 0x202f
        || c == 0x205f
        || c == 0x3000;
  }

  /** RFC 3454 table B.1. */
  private static boolean isMappedToNothing(int c) {
    return c == 0xad
        || c == 0x34f
        || c == 0x1806
        || (c >= 0x180b && c <= 0x180d)
        || (c >= 0x200b && c <= 0x200d)
        || c == 0x2060
        || (c >= 0xfe00 && c <= 0xfe0f)
        || c == 0xfeff;
  }

  private static void refuseProhibited(int c) {
    if (isNonAsciiSpace(c) || isControl(c) || isUnfitForText(c)) {
      throw new IllegalArgumentException(String.format("the character U+%04X is prohibited", c));
    }
  }

  /** RFC 3454 tables C.2.1 and C.2.2. */
  private static boolean isControl(int c) {
    return c < 0x20
        || (c >= 0x7f && c <= 0x9f)
        || c == 0x6dd
        || c == 0x70f
        || c == 0x180e
        || c == 0x200c
        || c == 0x200d
        || c == 0x2028
        || c == 0x2029
        || (c >= 0x2060 && c <= 0x2063)
        || (c >= 0x206a && c <= 0x206f)
        || c == 0xfeff
        || (c >= 0xfff9 && c <= 0xfffc)
        || (c >= 0x1d173 && c <= 0x1d17a);
  }

  /** RFC 3454 tables C.3 (private use) to C.9 (tagging). */
  private static boolean isUnfitForText(int c) {
    return (c >= 0xe000 && c <= 0xf8ff)
        || (c >= 0xf0000 && c <= 0xffffd)
        || (c >= 0x100000 && c <= 0x10fffd)
        || (c >= 0xfdd0 && c <= 0xfdef)
        || (c & 0xfffe) == 0xfffe
        || (c >= 0xd800 && c <= 0xdfff)
        || (c >= 0xfff9 && c <= 0xfffd)
        || (c >= 0x2ff0 && c <= 0x2ffb)
        || c == 0x340
        || c == 0x341
        || c == 0x200e
        || c == 0x200f
        || (c >= 0x202a && c <= 0x202e)
        || c == 0xe0001
        || (c >= 0xe0020 && c <= 0xe007f);
  }

  /** RFC 3454 §6: right-to-left text starts and ends so, and has nothing of the other kind. */
  private static void refuseMixedDirections(String text) {
    if (text.codePoints().noneMatch(SaslPrep::isRightToLeft)) {
      return;
    }
    if (text.codePoints()
            .anyMatch(c -> Character.getDirectionality(c) == Character.DIRECTIONALITY_LEFT_TO_RIGHT)
        || !isRightToLeft(text.codePointAt(0))
        || !isRightToLeft(text.codePointBefore(text.length()))) {
      throw new IllegalArgumentException("left-to-right and right-to-left characters are mixed");
    }
  }

  private static boolean isRightToLeft(int c) {
    byte direction = Character.getDirectionality(c);
    return direction == Character.DIRECTIONALITY_RIGHT_TO_LEFT
        || direction == Character.DIRECTIONALITY_RIGHT_TO_LEFT_ARABIC;
  }
}
