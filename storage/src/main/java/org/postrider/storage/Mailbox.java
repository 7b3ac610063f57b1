package org.postrider.storage;

import org.jspecify.annotations.Nullable;

/**
 * A mailbox and its state at one moment.
 *
 * @param name hierarchy separated by {@code /}, Unicode in NFC; {@code INBOX} is written in
 *     capitals
 * @param specialUse its special use (RFC 6154), or null
 * @param uidValidity UIDVALIDITY, 1 to 2^32-1; never the same for two mailboxes of one account
 * @param uidNext the least UID the next message can get
 * @param highestModSeq HIGHESTMODSEQ of RFC 7162, at least 1
 * @param messages how many messages
 * @param unseen how many without {@code \Seen}
 * @param deleted how many with {@code \Deleted}
 * @param size octets of all messages
 */
public record Mailbox(
    MailboxId id,
    AccountId account,
    String name,
    @Nullable SpecialUse specialUse,
    long uidValidity,
    long uidNext,
    long highestModSeq,
    long messages,
    long unseen,
    long deleted,
    long size) {}
