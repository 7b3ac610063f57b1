package org.postrider.testkit;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.h2.store.fs.FilePath;
import org.jspecify.annotations.Nullable;

/**
 * A disk in memory that forgets what was not forced when its power goes, as a file system for H2:
 * files lie under {@link #path}. What reads see and what is durable are kept apart per page; at a
 * power loss each page that was not forced survives or not, on its own, whatever the order of
 * writing, and so does a length that was not forced (also in part), and a name that was not forced
 * with its directory.
 *
 * <p>Power goes after the operation that was chosen (a write, a force, a truncation, a change of
 * names); from then on every operation throws. {@link #afterLoss} is the disk that is found when
 * power comes back. A disk can also fail a chosen operation, or have no more space. Safe for use by
 * many threads.
 */
public final class PowerLossDisk implements AutoCloseable {
  static final String SCHEME = "powerloss";

  private static final Map<String, PowerLossDisk> DISKS = new ConcurrentHashMap<>();
  private static final AtomicLong LAST = new AtomicLong();

  private final String id = Long.toString(LAST.incrementAndGet());
  private final int pageOctets;
  private TreeMap<String, PowerLossFile> names = new TreeMap<>();

  /** The names after each change since they were forced; the first is durable. */
  private final List<TreeMap<String, PowerLossFile>> namesHistory = new ArrayList<>();

  /** What can fail. */
  public enum Fault {
    /** A read fails. */
    READ,
    /** A write fails before it did anything. */
    WRITE,
    /** A force fails; a part of the pages is on disk, and none of them will be tried again. */
    FORCE,
    /** No file may grow. */
    SPACE
  }

  private @Nullable Fault fault;
  private long faultAfter;
  private boolean struck;
  private SplittableRandom faultRandom = new SplittableRandom(0);

  private long operations;
  private long lossAfter = Long.MAX_VALUE;
  private boolean lost;

  /**
   * An empty disk.
   *
   * @param pageOctets what survives whole or not at all: 4096 for a page, 512 for a sector
   */
  public PowerLossDisk(int pageOctets) {
    this.pageOctets = pageOctets;
    namesHistory.add(new TreeMap<>());
    DISKS.put(id, this);
    FilePath.register(new PowerLossPath());
  }

  static @Nullable PowerLossDisk withId(String id) {
    return DISKS.get(id);
  }

  /** The path under which H2 finds a file of that name on this disk. */
  public String path(String name) {
    return SCHEME + ":/" + id + "/" + name;
  }

  /** Writes, forces, truncations and changes of names so far. */
  public synchronized long operations() {
    return operations;
  }

  /** Lets the power go after that many further operations. */
  public synchronized void loseAfter(long furtherOperations) {
    lossAfter = operations + furtherOperations;
  }

  /** Lets the power go now. */
  public synchronized void lose() {
    lost = true;
    notifyAll();
  }

  public synchronized boolean isLost() {
    return lost;
  }

  /**
   * Lets one operation fail, or from then on every growth.
   *
   * @param after how many of them succeed before; octets that files may grow for {@code SPACE}
   */
  public synchronized void failAfter(Fault fault, long after, long seed) {
    this.fault = fault;
    this.faultAfter = after;
    this.struck = false;
    this.faultRandom = new SplittableRandom(seed);
  }

  /** Lets nothing fail any more. */
  public synchronized void mend() {
    fault = null;
    struck = false;
  }

  /** Whether something failed since {@link #failAfter}, or the power is gone. */
  public synchronized boolean isBroken() {
    return lost || struck;
  }

  /**
   * The disk as it is found when power comes back.
   *
   * @param seed the same seed finds the same
   * @param survival the probability of each unforced page, 0 to 1
   */
  public synchronized PowerLossDisk afterLoss(long seed, double survival) {
    lose();
    SplittableRandom random = new SplittableRandom(seed);
    int last = namesHistory.size() - 1;
    TreeMap<String, PowerLossFile> found =
        namesHistory.get(
            survival <= 0 ? 0 : survival >= 1 ? last : random.nextInt(namesHistory.size()));
    PowerLossDisk disk = new PowerLossDisk(pageOctets);
    found.forEach((name, file) -> disk.names.put(name, file.afterLoss(disk, random, survival)));
    disk.namesHistory.set(0, new TreeMap<>(disk.names));
    return disk;
  }

  /** Forgets the disk. */
  @Override
  public void close() {
    lose();
    DISKS.remove(id);
  }

  int pageOctets() {
    return pageOctets;
  }

  /** Called, with this disk locked, before anything is done. */
  void requirePower() throws IOException {
    if (lost) {
      throw new IOException("power lost");
    }
  }

  /** Called, with this disk locked, before an operation that may fail. */
  boolean fails(Fault operation) {
    if (fault != operation || faultAfter-- > 0) {
      return false;
    }
    fault = null;
    struck = true;
    return true;
  }

  /** Called, with this disk locked, before a file grows. */
  void grow(long octets) throws IOException {
    if (fault == Fault.SPACE && octets > 0) {
      if (octets > faultAfter) {
        struck = true;
        throw new IOException("No space left on device");
      }
      faultAfter -= octets;
    }
  }

  /** For what happens to pages whose force fails. */
  SplittableRandom faultRandom() {
    return faultRandom;
  }

  /** Called, with this disk locked, after a change was done. */
  void count() {
    operations++;
    if (operations >= lossAfter) {
      lose();
    }
  }

  synchronized @Nullable PowerLossFile find(String name) {
    return names.get(name);
  }

  synchronized List<String> list(String directory) {
    return names.keySet().stream()
        .filter(n -> n.startsWith(directory) && n.indexOf('/', directory.length()) < 0)
        .toList();
  }

  synchronized PowerLossFile findOrCreate(String name) throws IOException {
    requirePower();
    PowerLossFile file = names.get(name);
    if (file == null) {
      file = new PowerLossFile(this);
      changeName(name, file);
    }
    return file;
  }

  synchronized void delete(String name) throws IOException {
    requirePower();
    if (names.containsKey(name)) {
      changeName(name, null);
    }
  }

  synchronized void rename(String from, String to) throws IOException {
    requirePower();
    PowerLossFile file = names.remove(from);
    if (file == null) {
      throw new IOException("no file " + from);
    }
    changeName(to, file);
  }

  private void changeName(String name, @Nullable PowerLossFile file) {
    if (file == null) {
      names.remove(name);
    } else {
      names.put(name, file);
    }
    namesHistory.add(new TreeMap<>(names));
    count();
  }

  synchronized void forceNames() throws IOException {
    requirePower();
    namesHistory.clear();
    namesHistory.add(new TreeMap<>(names));
    count();
  }
}
