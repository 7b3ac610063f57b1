package org.postrider.auth;

/**
 * A user name as given at login.
 *
 * @param full as given
 * @param base without {@code +detail}; the same as {@code full} where there is none
 * @param detail what followed the first {@code +} of the local part, or empty
 */
record UserName(String full, String base, String detail) {
  /** RFC 5321 §4.5.3.1 allows 64 + 1 + 255 octets; a folder's name may come on top. */
  static final int LENGTH_MAX = 512;

  static UserName of(String full) {
    int at = full.lastIndexOf('@');
    int end = at < 0 ? full.length() : at;
    int plus = full.indexOf('+');
    if (plus <= 0 || plus >= end) {
      return new UserName(full, full, "");
    }
    return new UserName(
        full, full.substring(0, plus) + full.substring(end), full.substring(plus + 1, end));
  }

  /** Whether it can be anybody's at all; what can't is not looked up. */
  boolean isPlausible() {
    return !full.isBlank()
        && full.length() <= LENGTH_MAX
        && full.codePoints().noneMatch(c -> Character.isISOControl(c) || c == 0xfffd);
  }
}
