package org.postrider.pop3;

import java.util.Optional;
import java.util.OptionalInt;

/** A client's command, parsed (RFC 1939, RFC 2449, RFC 2595, RFC 5034, RFC 6856). */
sealed interface Pop3Command {
  /** Those that need a maildrop. */
  sealed interface InTransaction extends Pop3Command {}

  record User(String name) implements Pop3Command {}

  record Pass(String password) implements Pop3Command {
    @Override
    public String toString() {
      return "Pass[]";
    }
  }

  record Apop() implements Pop3Command {}

  /**
   * @param initialResponse base64 as given; empty when there is none
   */
  record Auth(String mechanism, Optional<String> initialResponse) implements Pop3Command {
    @Override
    public String toString() {
      return "Auth[" + mechanism + "]";
    }
  }

  record Stls() implements Pop3Command {}

  record Capa() implements Pop3Command {}

  record Utf8() implements Pop3Command {}

  /**
   * @param tag a language, or empty to list them
   */
  record Lang(Optional<String> tag) implements Pop3Command {}

  record Stat() implements InTransaction {}

  record List(OptionalInt message) implements InTransaction {}

  record Uidl(OptionalInt message) implements InTransaction {}

  record Retr(int message) implements InTransaction {}

  record Top(int message, int lines) implements InTransaction {}

  record Dele(int message) implements InTransaction {}

  record Noop() implements InTransaction {}

  record Rset() implements InTransaction {}

  record Quit() implements Pop3Command {}

  /** A command that we know, with arguments it does not have, or a line that is no command. */
  record Malformed(String why) implements Pop3Command {}

  /** A command that we do not know. */
  record Unknown() implements Pop3Command {}
}
