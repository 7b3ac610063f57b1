package org.postrider.storage;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * Where the store lies, and its limits.
 *
 * @param url {@code h2:<directory>} (the database file is in it), or {@code h2:mem:<name>} for
 *     tests
 * @param cacheMegabytes H2's own cache; small, since the system's page cache does the work
 * @param readConnections connections of the read pool
 * @param batchJobs most jobs of one commit
 * @param batchBytes most octets of content in one commit
 * @param stageBytes a content longer than this goes ahead in stages of this size, in octets; at
 *     least the 65,536 of a piece
 * @param messageBytesMax longest message, octets
 * @param retention how long expunged messages and removed mailboxes can be restored
 * @param auditRetention how long the audit log and the history of the queue are kept
 * @param mailboxesMax most mailboxes of an account
 * @param keywordsMax most different keywords of a mailbox
 * @param reserveBytes space on the disk, in octets, that mail leaves to what makes room
 * @param outbox whether each account has a mailbox that shows what it has in the queue
 */
public record StoreSettings(
    String url,
    int cacheMegabytes,
    int readConnections,
    int batchJobs,
    int batchBytes,
    int stageBytes,
    long messageBytesMax,
    Duration retention,
    Duration auditRetention,
    int mailboxesMax,
    int keywordsMax,
    long reserveBytes,
    boolean outbox) {
  /** How long the audit log is kept by default. */
  public static final Duration AUDIT_RETENTION = Duration.ofDays(30);

  /** What mail leaves of the disk by default, octets. */
  public static final long RESERVE_BYTES = 64 << 20;

  /**
   * @throws IllegalArgumentException when a stage could not hold a piece
   */
  public StoreSettings {
    if (stageBytes < ContentRows.PIECE) {
      throw new IllegalArgumentException("stageBytes is below " + ContentRows.PIECE);
    }
  }

  /** The defaults, for a store in that directory. */
  public static StoreSettings inDirectory(Path directory) {
    return of("h2:" + directory.toAbsolutePath());
  }

  /** The defaults, for a store in memory that is gone with the last connection. */
  public static StoreSettings inMemory(String name) {
    return of("h2:mem:" + name);
  }

  /** The defaults, for that URL. */
  public static StoreSettings of(String url) {
    return new StoreSettings(
        url,
        32,
        8,
        128,
        8 << 20,
        1 << 20,
        100L << 20,
        Duration.ofDays(14),
        AUDIT_RETENTION,
        10_000,
        256,
        RESERVE_BYTES,
        false);
  }

  /** The directory that the database file is in; empty when there is no such file. */
  public Optional<Path> directory() {
    String location = url.substring(Math.min(url.length(), "h2:".length()));
    return location.startsWith("mem:") || location.startsWith("fs:")
        ? Optional.empty()
        : Optional.of(Path.of(location).toAbsolutePath());
  }

  /** The same with an Outbox for each account, or without. */
  public StoreSettings withOutbox(boolean shown) {
    return with(url, messageBytesMax, shown);
  }

  /** The same for another place. */
  StoreSettings withUrl(String other) {
    return with(other, messageBytesMax, outbox);
  }

  /** The same with another limit for messages, in octets. */
  public StoreSettings withMessageBytesMax(long octets) {
    return with(url, octets, outbox);
  }

  private StoreSettings with(String otherUrl, long octets, boolean shown) {
    return new StoreSettings(
        otherUrl,
        cacheMegabytes,
        readConnections,
        batchJobs,
        batchBytes,
        stageBytes,
        octets,
        retention,
        auditRetention,
        mailboxesMax,
        keywordsMax,
        reserveBytes,
        shown);
  }
}
