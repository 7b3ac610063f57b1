package org.postrider.imap.syntax;

/**
 * A literal that was announced.
 *
 * @param size octets
 * @param synchronizing whether the client waits for our go-ahead (RFC 7888)
 * @param binary whether it is a literal8, which may hold NUL (RFC 3516)
 */
public record Literal(long size, boolean synchronizing, boolean binary) {}
