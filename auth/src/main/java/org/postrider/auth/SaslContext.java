package org.postrider.auth;

import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * What a mechanism may know of the connection.
 *
 * @param protocol {@code smtp}, {@code imap}, {@code pop3}
 * @param secure whether passwords may be sent in the clear: TLS, or a loopback client
 * @param serverEndPoint channel binding data {@code tls-server-end-point}, or null without TLS
 * @param exporter channel binding data {@code tls-exporter}, or null
 */
public record SaslContext(
    String protocol,
    InetAddress peer,
    boolean secure,
    byte @Nullable [] serverEndPoint,
    byte @Nullable [] exporter) {}
