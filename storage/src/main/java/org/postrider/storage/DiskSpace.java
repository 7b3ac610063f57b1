package org.postrider.storage;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How much the disk can still take, asked once a second, or sooner when much is written. Mail is
 * refused while a reserve is left, from which what makes room is still written: the removal of
 * messages, flags, the sweep. On the last {@value #FLOOR} octets nothing is written at all, since a
 * write that fails for want of space would end the store.
 */
final class DiskSpace {
  private static final Logger log = LoggerFactory.getLogger(DiskSpace.class);

  /** More than any change that makes room takes. */
  static final long FLOOR = 4 << 20;

  /** ENOSPC and EDQUOT in the words of the system, as Java passes them on. */
  private static final List<String> FULL = List.of("No space left", "quota exceeded");

  private static final long UNKNOWN = Long.MAX_VALUE;
  private static final long FRESH_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** The share of the reserve that may be written before the disk is asked again. */
  private static final int SHARE = 16;

  private final LongSupplier usable;
  private final long reserve;
  private final long floor;
  private final AtomicLong writtenSince = new AtomicLong();
  private volatile Known known;

  private record Known(long octets, long at) {}

  /**
   * @param usable octets that may be written; asked now and then
   * @param reserve octets from which on no mail is taken; 0 to take it always
   */
  DiskSpace(LongSupplier usable, long reserve) {
    this.usable = usable;
    this.reserve = reserve;
    this.floor = Math.min(reserve, FLOOR);
    this.known = new Known(usable.getAsLong(), System.nanoTime());
  }

  /** The space on the disk that has that directory. */
  static DiskSpace of(Path directory, long reserve) {
    return new DiskSpace(() -> usable(directory), reserve);
  }

  /** For a store that is not on a disk. */
  static DiskSpace endless() {
    return new DiskSpace(() -> UNKNOWN, 0);
  }

  private static long usable(Path directory) {
    try {
      return Files.getFileStore(directory).getUsableSpace();
    } catch (IOException e) {
      log.warn("the space left in {} is unknown", directory, e);
      return UNKNOWN;
    }
  }

  /** Octets that may still be written, {@code Long.MAX_VALUE} where that is not known. */
  long octets() {
    Known last = known;
    long now = System.nanoTime();
    if (now - last.at <= FRESH_NANOS && writtenSince.get() <= reserve / SHARE) {
      return last.octets;
    }
    writtenSince.set(0);
    Known next = new Known(usable.getAsLong(), now);
    known = next;
    if (isLow(last.octets) != isLow(next.octets)) {
      log.warn(
          isLow(next.octets)
              ? "the disk is nearly full: {} octets are left, no mail is taken"
              : "there is room on the disk again: {} octets",
          next.octets);
    }
    return next.octets;
  }

  private boolean isLow(long octets) {
    return octets < reserve;
  }

  boolean isLow() {
    return isLow(octets());
  }

  /** Whether mail could be taken, as far as is known; false where it is not known. */
  boolean isKnownToSuffice() {
    long octets = octets();
    return octets != UNKNOWN && octets >= Math.max(reserve, FLOOR);
  }

  /** Whether a failure says that the disk, or what we may have of it, is full. */
  static boolean isCause(@Nullable Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof IOException
          && FULL.stream().anyMatch(String.valueOf(cause.getMessage())::contains)) {
        return true;
      }
    }
    return false;
  }

  /** Whether nothing can be changed any more. */
  boolean isFull() {
    return octets() < floor;
  }

  /**
   * To be called before something is taken in.
   *
   * @throws StorageException NO_SPACE on the reserve
   */
  void requireForGrowth() {
    if (isLow()) {
      throw noSpace();
    }
  }

  /**
   * To be called before anything is written.
   *
   * @param octets to be written, about
   * @throws StorageException NO_SPACE below the reserve
   */
  void requireForChange(long octets) {
    writtenSince.addAndGet(octets);
    if (isFull()) {
      throw noSpace();
    }
  }

  private static StorageException noSpace() {
    return new StorageException(
        StorageException.Reason.NO_SPACE, "There is not enough space left on the server's disk");
  }
}
