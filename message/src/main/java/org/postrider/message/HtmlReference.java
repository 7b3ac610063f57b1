package org.postrider.message;

import java.util.List;
import java.util.Locale;

/** Character references of HTML, of the names those that mail has. */
final class HtmlReference {
  /** Names of the characters from U+00A0 on. */
  private static final List<String> LATIN =
      List.of(
          ("nbsp iexcl cent pound curren yen brvbar sect uml copy ordf laquo not shy reg macr deg"
               + " plusmn sup2 sup3 acute micro para middot cedil sup1 ordm raquo frac14 frac12"
               + " frac34 iquest Agrave Aacute Acirc Atilde Auml Aring AElig Ccedil Egrave Eacute"
               + " Ecirc Euml Igrave Iacute Icirc Iuml ETH Ntilde Ograve Oacute Ocirc Otilde Ouml"
               + " times Oslash Ugrave Uacute Ucirc Uuml Yacute THORN szlig agrave aacute acirc"
               + " atilde auml aring aelig ccedil egrave eacute ecirc euml igrave iacute icirc iuml"
               + " eth ntilde ograve oacute ocirc otilde ouml divide oslash ugrave uacute ucirc"
               + " uuml yacute thorn yuml")
              .split(" "));

  private HtmlReference() {}

  /** As {@link #character}, with more names than a preview has. */
  static int anyCharacter(String name) {
    int c = character(name);
    if (c >= 0) {
      return c;
    }
    int latin = LATIN.indexOf(name);
    return switch (name) {
      case "euro" -> 0x20AC;
      case "ldquo" -> 0x201C;
      case "rdquo" -> 0x201D;
      case "bdquo" -> 0x201E;
      case "sbquo" -> 0x201A;
      case "bull" -> 0x2022;
      case "trade" -> 0x2122;
      default -> latin < 0 ? -1 : 0xA0 + latin;
    };
  }

  /** The character; 0 for one without width, -1 for an unknown name. */
  static int character(String name) {
    if (name.startsWith("#")) {
      boolean hex = name.startsWith("#x") || name.startsWith("#X");
      try {
        int c = Integer.parseInt(name.substring(hex ? 2 : 1), hex ? 16 : 10);
        return Character.isValidCodePoint(c) ? c : -1;
      } catch (NumberFormatException notNumber) {
        return -1;
      }
    }
    return switch (name.toLowerCase(Locale.ROOT)) {
      case "amp" -> '&';
      case "lt" -> '<';
      case "gt" -> '>';
      case "quot" -> '"';
      case "apos", "rsquo", "lsquo" -> '\'';
      case "nbsp" -> ' ';
      case "ndash" -> 0x2013;
      case "mdash" -> 0x2014;
      case "hellip" -> 0x2026;
      case "zwnj", "zwj", "shy" -> 0;
      default -> -1;
    };
  }
}
