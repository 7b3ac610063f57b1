package org.postrider.imap.session;

/**
 * Limits of searching commands.
 *
 * @param sortedMax messages that are put in order or threaded at once
 * @param fieldOctets memory in which the process remembers what messages are sorted by, and as much
 *     for what they are threaded by
 * @param updatedMax results of a session that are kept up to date
 * @param mailboxesMax mailboxes that one ESEARCH looks into
 */
public record SearchLimits(int sortedMax, long fieldOctets, int updatedMax, int mailboxesMax) {
  public static final SearchLimits DEFAULT = new SearchLimits(250_000, 16 << 20, 8, 1000);
}
