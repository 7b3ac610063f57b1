package org.postrider.smtp;

import java.time.Duration;

/**
 * Settings of an SMTP listener.
 *
 * @param hostname our name in greeting, EHLO and trace fields
 * @param role what the port is for
 * @param messageBytesMax announced by SIZE, octets
 * @param recipientsMax of one transaction; at least 100 (RFC 5321 §4.5.3.1.8)
 * @param receivedMax Received fields that mean a loop (RFC 5321 §6.3)
 * @param errorsMax bad commands after which the session ends with 421
 * @param idleTimeout RFC 5321 §4.5.3.2: at least 5 minutes
 */
public record SmtpSettings(
    String hostname,
    Role role,
    long messageBytesMax,
    int recipientsMax,
    int receivedMax,
    int errorsMax,
    Duration idleTimeout) {
  /** What a port is for. */
  public enum Role {
    /** Port 25: mail from other servers, for our domains. */
    MX,
    /** Ports 587 and 465: mail from our users, after AUTH (RFC 6409). */
    SUBMISSION
  }

  public static SmtpSettings defaults(String hostname, Role role) {
    return new SmtpSettings(hostname, role, 100L << 20, 1000, 50, 20, Duration.ofMinutes(5));
  }
}
