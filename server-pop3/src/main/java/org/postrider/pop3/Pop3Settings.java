package org.postrider.pop3;

import java.time.Duration;

/**
 * Settings of POP3.
 *
 * @param hostname our name in the greeting
 * @param errorsMax bad commands and failed logins after which the session ends
 * @param idleTimeout RFC 1939 §3: at least 10 minutes
 * @param lineBytesMax longest line of a client; RFC 5034 §4 wants 12288 for AUTH
 * @param readAheadBytes most octets of small messages that a session reads ahead of a client that
 *     fetches one after the other
 * @param readAheadMessageBytes a message longer than this is streamed, never read ahead
 * @param takeoverAfter when a session has been silent for that long, another one may take its
 *     maildrop: its client is most likely gone without a word
 */
public record Pop3Settings(
    String hostname,
    int errorsMax,
    Duration idleTimeout,
    int lineBytesMax,
    int readAheadBytes,
    int readAheadMessageBytes,
    Duration takeoverAfter) {
  /** What an installation has that sets nothing. */
  public static Pop3Settings defaults(String hostname) {
    return new Pop3Settings(
        hostname, 20, Duration.ofMinutes(10), 12_288, 1 << 20, 64 << 10, Duration.ofSeconds(60));
  }
}
