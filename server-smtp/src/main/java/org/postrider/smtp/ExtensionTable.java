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
          new BinaryMimeExtension(),
          new DsnExtension(),
          new LimitsExtension(),
          new StartTlsExtension(),
          new RequireTlsExtension(),
          new AuthExtension(),
          new EtrnExtension(),
          new DeliverByExtension(),
          new FutureReleaseExtension(),
          new MtPriorityExtension(),
          new SimpleExtension("VRFY"), // RFC 5321 §3.5.2
          new ExpnExtension(),
          new SimpleExtension("HELP"));

  private ExtensionTable() {}
}
