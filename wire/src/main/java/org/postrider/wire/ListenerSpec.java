package org.postrider.wire;

import java.net.InetSocketAddress;

/**
 * A port to listen on.
 *
 * @param name for logs and limits: {@code smtp}, {@code imaps}, ...
 * @param implicitTls whether TLS starts at once (RFC 8314)
 * @param busyReply what a client is told that is over a limit of connections, one whole line with
 *     CRLF; not sent where TLS is implicit
 */
public record ListenerSpec(
    String name,
    InetSocketAddress address,
    boolean implicitTls,
    ConnectionHandler handler,
    String busyReply) {}
