package org.postrider.storage;

/**
 * Figures of the store since it was opened, and its contents now.
 *
 * @param octets size of the database file
 * @param commits durable commits so far
 * @param jobs jobs in those commits
 */
public record StoreStatistics(
    long accounts,
    long mailboxes,
    long messages,
    long contents,
    long queueEntries,
    long octets,
    long commits,
    long jobs) {}
