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
 * @param trusted who may speak LMTP
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
    ExtensionLimits extensions,
    List<AddressBlock> trusted) {
  /**
   * Limits of service extensions.
   *
   * @param transactionsMax of one connection (MAILMAX of RFC 9422), 0 for any number
   * @param recipientDomainsMax of one transaction (RCPTDOMAINMAX), 0 for any number
   * @param holdMax longest time that a message may be held (RFC 4865); zero when none may
   * @param etrnFrom who may start the queue without AUTH (RFC 1985)
   * @param undo how long what users submit waits in the queue at least, so that they can take it
   *     back, where an account has no time of its own; zero for not at all
   */
  public record ExtensionLimits(
      int transactionsMax,
      int recipientDomainsMax,
      Duration holdMax,
      List<AddressBlock> etrnFrom,
      Duration undo) {
    /** No time to take mail back. */
    public ExtensionLimits(
        int transactionsMax,
        int recipientDomainsMax,
        Duration holdMax,
        List<AddressBlock> etrnFrom) {
      this(transactionsMax, recipientDomainsMax, holdMax, etrnFrom, Duration.ZERO);
    }

    /** Any number, 30 days, nobody. */
    public static ExtensionLimits defaults() {
      return new ExtensionLimits(0, 0, Duration.ofDays(30), List.of());
    }
  }

  /** Groups among the recipients of one message; each gets a copy of its own. */
  static final int GROUPS_MAX = 20;

  /** This machine. */
  public static final List<AddressBlock> LOOPBACK =
      List.of(AddressBlock.parse("127.0.0.0/8"), AddressBlock.parse("::1"));

  /** What a port is for. */
  public enum Role {
    /** Port 25: mail from other servers, for our domains. */
    MX,
    /** Ports 587 and 465: mail from our users, after AUTH (RFC 6409). */
    SUBMISSION,
    /** LMTP (RFC 2033): mail for our domains from a mail server before us, which we trust. */
    LMTP
  }

  Dialect dialect() {
    return role == Role.LMTP ? Dialect.LMTP : Dialect.SMTP;
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
        ExtensionLimits.defaults(),
        LOOPBACK);
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
        limits,
        trusted);
  }

  /** The same for other clients. */
  public SmtpSettings trusting(List<AddressBlock> blocks) {
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
        extensions,
        blocks);
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
        extensions,
        trusted);
  }
}
