package org.postrider.storage;

/**
 * Whether the store can do its work.
 *
 * @param state what it can do
 * @param sentence the same for a person
 * @param freeBytes octets left on its disk, {@code Long.MAX_VALUE} where that is not known
 */
public record StoreCondition(State state, String sentence, long freeBytes) {
  /** What the store can do. */
  public enum State {
    /** Everything. */
    SOUND,
    /** All but take mail: the disk has no more than the reserve left. */
    DISK_LOW,
    /** Read; nothing can be changed until there is space. */
    DISK_FULL,
    /** Nothing: a write failed. It must be opened anew; after ENOSPC it does so by itself. */
    FAILED
  }
}
