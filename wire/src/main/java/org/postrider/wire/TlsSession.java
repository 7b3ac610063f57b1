package org.postrider.wire;

import org.jspecify.annotations.Nullable;

/**
 * A connection's TLS.
 *
 * @param protocol for instance {@code TLSv1.3}
 * @param cipherSuite the IANA name
 * @param serverEndPoint channel binding data of type {@code tls-server-end-point} (RFC 5929 §4):
 *     hash of our certificate
 * @param exporter channel binding data of type {@code tls-exporter} (RFC 9266), or null where the
 *     TLS engine has no exporter
 */
public record TlsSession(
    String protocol, String cipherSuite, byte[] serverEndPoint, byte @Nullable [] exporter) {}
