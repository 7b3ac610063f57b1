package org.postrider.storage;

import java.time.Clock;

/**
 * The mail store. All changes go through one group-commit writer and are durable when a method
 * returns; reads see what is committed. Safe for use by many threads; every method may block its
 * (virtual) thread.
 */
public final class Store implements AutoCloseable {
  private Store() {}

  /**
   * Opens the store, creates or migrates its schema.
   *
   * @throws StorageException UNAVAILABLE with one sentence for the administrator, for instance when
   *     another process holds the store, or a newer Postrider wrote it
   */
  public static Store open(StoreSettings settings, Clock clock) {
    throw new UnsupportedOperationException();
  }

  public Directory directory() {
    throw new UnsupportedOperationException();
  }

  public Mailboxes mailboxes() {
    throw new UnsupportedOperationException();
  }

  public Messages messages() {
    throw new UnsupportedOperationException();
  }

  public Contents contents() {
    throw new UnsupportedOperationException();
  }

  public DeliveryQueue queue() {
    throw new UnsupportedOperationException();
  }

  public ChangeBus changes() {
    throw new UnsupportedOperationException();
  }

  public StoreSettings settings() {
    throw new UnsupportedOperationException();
  }

  /** Figures for {@code status}. */
  public StoreStatistics statistics() {
    throw new UnsupportedOperationException();
  }

  /** Finishes the jobs at hand, refuses new ones, and closes the database. */
  @Override
  public void close() {
    throw new UnsupportedOperationException();
  }
}
