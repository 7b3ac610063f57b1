package org.postrider.pop3;

import java.time.Duration;

/**
 * Settings of POP3.
 *
 * @param hostname our name in the greeting
 * @param errorsMax bad commands after which the session ends
 * @param idleTimeout RFC 1939 §3: at least 10 minutes
 */
public record Pop3Settings(String hostname, int errorsMax, Duration idleTimeout) {
  public static Pop3Settings defaults(String hostname) {
    return new Pop3Settings(hostname, 20, Duration.ofMinutes(10));
  }
}
