package org.postrider.smtp;

import java.time.Duration;
import java.util.List;
import org.postrider.wire.AddressBlock;

/**
 * Settings of an SMTP listener.
 *
 * @param hostname our name in greeting, EHLO and trace fields
 * @param role what the port is for
 * @param messageBytesMax announced by SIZE, octets
 * @param headerBytesMax longest header of a message, octets; it is held in memory
 * @param recipientsMax of one transaction; at least 100 (RFC 5321 §4.5.3.1.8)
 * @param receivedMax Received fields that mean a loop (RFC 5321 §6.3)
 * @param commandLineMax longest command line, octets; at least 512 (RFC 5321 §4.5.3.1.4), to which
 *     the parameters of extensions add
 * @param authLineMax longest line of an AUTH exchange, octets (RFC 4954 §4)
 * @param errorsMax bad commands after which the session ends with 421
 * @param idleTimeout RFC 5321 §4.5.3.2: at least 5 minutes
 * @param extensions limits of service extensions
 */
public record SmtpSettings(
    String hostname,
    Role role,
    long messageBytesMax,
    int headerBytesMax,
    int recipientsMax,
    int receivedMax,
    int commandLineMax,
    int authLineMax,
    int errorsMax,
    Duration idleTimeout,
    ExtensionLimits extensions) {
  /**
   * Limits of service extensions.
   *
   * @param transactionsMax of one connection (MAILMAX of RFC 9422), 0 for any number
   * @param recipientDomainsMax of one transaction (RCPTDOMAINMAX), 0 for any number
   * @param holdMax longest time that a message may be held (RFC 4865); zero when none may
   * @param etrnFrom who may start the queue without AUTH (RFC 1985)
   */
  public record ExtensionLimits(
      int transactionsMax, int recipientDomainsMax, Duration holdMax, List<AddressBlock> etrnFrom) {
    /** Any number, 30 days, nobody. */
    public static ExtensionLimits defaults() {
      return new ExtensionLimits(0, 0, Duration.ofDays(30), List.of());
    }
  }

  /** What a port is for. */
  public enum Role {
    /** Port 25: mail from other servers, for our domains. */
    MX,
    /** Ports 587 and 465: mail from our users, after AUTH (RFC 6409). */
    SUBMISSION
  }

  /** The defaults. */
  public static SmtpSettings defaults(String hostname, Role role) {
    return new SmtpSettings(
        hostname,
        role,
        100L << 20,
        256 << 10,
        1000,
        50,
        4096,
        12_288,
        20,
        Duration.ofMinutes(5),
        ExtensionLimits.defaults());
  }

  /** Octets of one message after which a client is cut off that was not heard to end. */
  long endlessBytes() {
    return 2 * Math.max(messageBytesMax, 1 << 20);
  }

  /** The same with other limits of extensions. */
  public SmtpSettings withExtensions(ExtensionLimits limits) {
    return new SmtpSettings(
        hostname,
        role,
        messageBytesMax,
        headerBytesMax,
        recipientsMax,
        receivedMax,
        commandLineMax,
        authLineMax,
        errorsMax,
        idleTimeout,
        limits);
  }

  /** The same with another idle timeout. */
  public SmtpSettings withIdleTimeout(Duration timeout) {
    return new SmtpSettings(
        hostname,
        role,
        messageBytesMax,
        headerBytesMax,
        recipientsMax,
        receivedMax,
        commandLineMax,
        authLineMax,
        errorsMax,
        timeout,
        extensions);
  }
}
