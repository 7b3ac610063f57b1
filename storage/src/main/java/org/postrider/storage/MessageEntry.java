package org.postrider.storage;

/**
 * A content's entry in a mailbox.
 *
 * @param uid 1 to 2^32-1, ascending in the mailbox, never reused
 * @param modSeq the mod-sequence of its last change (RFC 7162)
 * @param internalDate epoch milliseconds
 * @param saveDate epoch milliseconds of its arrival in this mailbox (RFC 8514)
 * @param size octets of the message (RFC822.SIZE)
 */
public record MessageEntry(
    long uid,
    long modSeq,
    MessageFlags flags,
    long internalDate,
    long saveDate,
    long size,
    ContentId content) {}
