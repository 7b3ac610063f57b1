package org.postrider.pop3;

/**
 * Replies of one line, with the codes of RFC 2449 §8, RFC 3206 and RFC 6856 §2.3 where one fits.
 */
final class Reply {
  static final String BYE = "+OK Bye";
  static final String WRONG_PASSWORD = "-ERR [AUTH] The user name or the password is wrong";
  static final String DISABLED = "-ERR [AUTH] The account is disabled; ask your postmaster";
  static final String CLOSED = "-ERR [AUTH] The account was closed; ask your postmaster";
  static final String THROTTLED =
      "-ERR [SYS/TEMP] Too many failed logins lately; try again in a minute";
  static final String UNAVAILABLE = "-ERR [SYS/TEMP] The mail store does not answer; try later";
  static final String CANCELLED = "-ERR Authentication cancelled";
  static final String MALFORMED_SASL = "-ERR That is not what the mechanism asks for";
  static final String NOT_BASE64 = "-ERR That is not base64";
  static final String NO_MECHANISM = "-ERR No such mechanism here; CAPA lists them";
  static final String NEEDS_TLS = "-ERR [AUTH] Passwords are taken over TLS only: use STLS first";
  static final String NO_APOP =
      "-ERR APOP is not supported, since the server would have to keep passwords in plaintext;"
          + " use AUTH or USER and PASS over TLS";
  static final String NO_FOLDER = "-ERR [SYS/PERM] There is no such folder; log in without +folder";
  static final String IN_USE = "-ERR [IN-USE] Another session has this maildrop";
  static final String NOT_REMOVED =
      "-ERR [SYS/TEMP] The marked messages could not be removed now; try later";
  static final String FOLDER_GONE = "-ERR [SYS/PERM] The folder was deleted meanwhile";
  static final String MESSAGE_GONE = "-ERR [SYS/PERM] The message was removed meanwhile";
  static final String MESSAGE_DAMAGED =
      "-ERR [SYS/PERM] The message is damaged on the server's disk; ask your postmaster";
  static final String NO_MESSAGE = "-ERR No such message";
  static final String LOG_IN_FIRST = "-ERR Log in first";
  static final String LOGGED_IN = "-ERR You are logged in already";
  static final String USER_FIRST = "-ERR Send USER first";
  static final String UNKNOWN_COMMAND = "-ERR Unknown command";
  static final String LINE_TOO_LONG = "-ERR The line is too long";
  static final String TLS_ACTIVE = "-ERR TLS is active already";
  static final String NO_TLS = "-ERR [SYS/PERM] TLS is not available";
  static final String TOO_MANY_ERRORS = "-ERR Too many errors, closing";
  static final String STOPPING = "-ERR [SYS/TEMP] The server stops; come back soon";

  private Reply() {}
}
