package org.postrider.smtp.relay;

/** What the sender of a message says about TLS (RFC 8689). */
enum TlsWish {
  /** Nothing: the policies of the administrator and of the recipient's domain hold. */
  BY_POLICY,
  /** The option REQUIRETLS: to authenticated hosts that keep to it as well, or not at all. */
  REQUIRED,
  /** The field {@code TLS-Required: No}: policies of the recipient's domain do not hold. */
  OPTIONAL
}
