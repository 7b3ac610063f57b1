package org.postrider.smtp;

import java.util.List;

/** The service extensions, in the order of the EHLO reply. A new one is one row more. */
final class ExtensionTable {
  static final List<SmtpExtension> ALL =
      List.of(
          new SimpleExtension("PIPELINING"), // RFC 2920
          new SizeExtension(),
          new EightBitMimeExtension(),
          new SmtpUtf8Extension(),
          new SimpleExtension("ENHANCEDSTATUSCODES"), // RFC 2034
          new SimpleExtension("CHUNKING"), // RFC 3030
          new DsnExtension(),
          new StartTlsExtension(),
          new AuthExtension(),
          new SimpleExtension("HELP"));

  private ExtensionTable() {}
}
