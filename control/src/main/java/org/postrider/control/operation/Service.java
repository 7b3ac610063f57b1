package org.postrider.control.operation;

import java.util.Locale;

/** The services of a mail server, by the names of their ports. */
public enum Service {
  SMTP(25, false),
  SUBMISSION(587, false),
  SMTPS(465, true),
  LMTP(24, false),
  POP3(110, false),
  POP3S(995, true),
  IMAP(143, false),
  IMAPS(993, true);

  private final int defaultPort;
  private final boolean implicitTls;

  Service(int defaultPort, boolean implicitTls) {
    this.defaultPort = defaultPort;
    this.implicitTls = implicitTls;
  }

  /** The port that IANA gave it. */
  public int defaultPort() {
    return defaultPort;
  }

  /** Whether it is on unless somebody turns it off. */
  public boolean isOffered() {
    return this != LMTP;
  }

  /** Whether TLS starts at once (RFC 8314). */
  public boolean implicitTls() {
    return implicitTls;
  }

  /** The name in configuration and logs. */
  public String key() {
    return name().toLowerCase(Locale.ROOT);
  }
}
