package org.postrider.storage.index;

/**
 * How far the index is.
 *
 * @param open whether searches use it
 * @param contents that are in it
 * @param octets it takes on the disk
 * @param position all contents up to that id were looked at
 * @param newest the id of the newest content
 */
public record IndexStatus(boolean open, long contents, long octets, long position, long newest) {
  /** Whether nothing waits to be looked at. */
  public boolean isComplete() {
    return open && position >= newest;
  }
}
