package org.postrider.storage;

import java.time.Clock;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import org.postrider.storage.StoreCondition.State;

/**
 * The mail store. All changes go through one group-commit writer and are durable when a method
 * returns; reads see what is committed. Safe for use by many threads; every method may block its
 * (virtual) thread.
 */
public final class Store implements AutoCloseable {
  private final StoreSettings settings;
  private final Database database;
  private final Writer writer;
  private final ChangeBus changes = new ChangeBus();
  private final Directory directory;
  private final Mailboxes mailboxes;
  private final Messages messages;
  private final Contents contents;
  private final ContentFeed contentFeed;
  private final DeliveryQueue queue;
  private final AuditLog audit;
  private final Undelete undelete;
  private final Quarantine quarantine;
  private final Clock clock;
  private final Housekeeping housekeeping;
  private final AtomicBoolean closed = new AtomicBoolean();
  private volatile Runnable reopened = () -> {};

  private Store(StoreSettings settings, Clock clock, Database database) {
    this.settings = settings;
    this.clock = clock;
    this.database = database;
    this.writer = new Writer(database, changes, settings);
    this.quarantine = new Quarantine(database, writer, clock);
    this.contents = new Contents(database, writer, quarantine, settings, clock);
    this.contentFeed = new ContentFeed(database, writer, clock);
    this.mailboxes = new Mailboxes(database, writer, settings, clock);
    this.directory = new Directory(database, writer, mailboxes, clock);
    this.messages = new Messages(database, writer, settings, clock);
    this.queue = new DeliveryQueue(database, writer, mailboxes, settings, clock);
    this.audit = new AuditLog(database);
    this.undelete = new Undelete(database, writer, directory, mailboxes, settings, clock);
    this.housekeeping = new Housekeeping(this, clock);
    writer.whenReopened(this::reopened);
  }

  private void reopened() {
    directory.forget();
    reopened.run();
  }

  /**
   * Has that run whenever the store was opened anew by itself, after a write failed for want of
   * space, and before it takes changes. What was seen in the moment of the failure may be gone, so
   * sessions of before should end. It must return at once and not call the store.
   */
  public void whenReopened(Runnable then) {
    reopened = then;
  }

  /**
   * Opens the store, creates or migrates its schema.
   *
   * @throws StorageException UNAVAILABLE with one sentence for the administrator, for instance when
   *     another process holds the store, or a newer Postrider wrote it
   */
  public static Store open(StoreSettings settings, Clock clock) {
    return open(settings, clock, Schema.CURRENT);
  }

  static Store open(StoreSettings settings, Clock clock, Schema schema) {
    return new Store(settings, clock, Database.open(settings, schema, null));
  }

  /** Opens the store on a disk with as much space as is said. */
  static Store open(StoreSettings settings, Clock clock, LongSupplier usableSpace) {
    return new Store(settings, clock, Database.open(settings, Schema.CURRENT, usableSpace));
  }

  public Directory directory() {
    return directory;
  }

  public Mailboxes mailboxes() {
    return mailboxes;
  }

  public Messages messages() {
    return messages;
  }

  public Contents contents() {
    return contents;
  }

  public DeliveryQueue queue() {
    return queue;
  }

  public AuditLog audit() {
    return audit;
  }

  public Undelete undelete() {
    return undelete;
  }

  public Housekeeping housekeeping() {
    return housekeeping;
  }

  /** What an index of the contents' text goes by. */
  public ContentFeed contentFeed() {
    return contentFeed;
  }

  public ChangeBus changes() {
    return changes;
  }

  public StoreSettings settings() {
    return settings;
  }

  Database database() {
    return database;
  }

  Writer writer() {
    return writer;
  }

  /**
   * To be called where mail is announced, so that it is refused before it is sent.
   *
   * @throws StorageException NO_SPACE when the disk is nearly full, UNAVAILABLE when the store
   *     failed
   */
  public void requireRoom() {
    String failure = writer.failure();
    if (failure != null) {
      throw new StorageException(StorageException.Reason.UNAVAILABLE, failure);
    }
    database.space().requireForGrowth();
  }

  /** Whether the store can do its work; never fails. */
  public StoreCondition condition() {
    DiskSpace space = database.space();
    String failure = writer.failure();
    if (failure != null) {
      return new StoreCondition(State.FAILED, failure, space.octets());
    }
    if (space.isFull()) {
      return new StoreCondition(
          State.DISK_FULL, "The disk is full: nothing can be changed", space.octets());
    }
    if (space.isLow()) {
      return new StoreCondition(
          State.DISK_LOW, "The disk is nearly full: no mail is taken", space.octets());
    }
    return new StoreCondition(State.SOUND, "The store is sound", space.octets());
  }

  Quarantine quarantine() {
    return quarantine;
  }

  Clock clock() {
    return clock;
  }

  /** Figures for {@code status}. */
  public StoreStatistics statistics() {
    return database.read(connection -> {
      try (var query =
              connection.prepareStatement(
                  "SELECT (SELECT COUNT(*) FROM account WHERE removed_at IS NULL), (SELECT"
                      + " COUNT(*) FROM mailbox WHERE deleted_at IS NULL), (SELECT COUNT(*)"
                      + " FROM message), (SELECT COUNT(*) FROM content), (SELECT COUNT(*) FROM"
                      + " queue_entry)");
          var rs = query.executeQuery()) {
        rs.next();
        return new StoreStatistics(
            rs.getLong(1),
            rs.getLong(2),
            rs.getLong(3),
            rs.getLong(4),
            rs.getLong(5),
            database.dialect().octets(connection),
            writer.commits(),
            writer.jobs());
      }
    });
  }

  /** Finishes the jobs at hand, refuses new ones, and closes the database. */
  @Override
  public void close() {
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    writer.close();
    if (writer.failure() != null) {
      database.abandon();
    }
    database.close();
  }
}
