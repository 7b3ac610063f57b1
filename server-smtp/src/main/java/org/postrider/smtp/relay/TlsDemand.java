package org.postrider.smtp.relay;

import java.util.List;
import org.xbill.DNS.TLSARecord;

/** How a connection to a host must be protected before mail goes over it. */
sealed interface TlsDemand {
  /** Not at all. */
  record None() implements TlsDemand {}

  /** STARTTLS where it is offered, whoever holds the certificate (RFC 7435). */
  record Opportunistic() implements TlsDemand {}

  /** TLS, whoever holds the certificate. */
  record Encrypted() implements TlsDemand {}

  /** TLS, and the certificate is the host's, from an authority that is trusted. */
  record Verified() implements TlsDemand {}

  /**
   * TLS, and the certificate is what the DNS says it is (RFC 7672).
   *
   * @param records one at least, all of them usable
   * @param names one of which a certificate must have whose authority the DNS names
   */
  record Dane(List<TLSARecord> records, List<String> names) implements TlsDemand {}

  /** Whether mail waits rather than goes when it cannot be met. */
  default boolean isStrict() {
    return switch (this) {
      case None(), Opportunistic() -> false;
      case Encrypted(), Verified(), Dane(var _, var _) -> true;
    };
  }

  /** Whether who meets it is the host that was meant (RFC 8689 §4.2.1). */
  default boolean authenticates() {
    return switch (this) {
      case None(), Opportunistic(), Encrypted() -> false;
      case Verified(), Dane(var _, var _) -> true;
    };
  }
}
