package org.postrider.imap.syntax;

/**
 * Limits of what a client sends in one command.
 *
 * @param lineBytesMax all lines of a command without its literals, octets
 * @param literalBytesMax one literal that is no message, octets
 * @param skipBytesMax unwanted literals of a refused command that are still read, octets; past it
 *     the session ends
 */
public record ReaderLimits(int lineBytesMax, int literalBytesMax, long skipBytesMax) {}
