package org.postrider.storage.index;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import org.jspecify.annotations.Nullable;
import org.postrider.storage.StorageException;
import org.postrider.storage.Store;
import org.postrider.storage.StoreCondition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The index of a store's contents, kept up by a thread of its own, some seconds behind the store.
 * Nobody waits for it: a search reads what is not in it yet. One that is damaged, of another
 * version or of another store is removed and made anew; whatever happens to it, the store goes on.
 */
public final class ContentIndex implements TextIndex, AutoCloseable {
  /** The directory of the index beside the store's file. */
  public static final String DIRECTORY = "search-index";

  private static final Logger log = LoggerFactory.getLogger(ContentIndex.class);

  /** Lucene recommends flags of the JVM there; kept, since a logger that nobody holds is forgot. */
  private static final java.util.logging.Logger LUCENE =
      java.util.logging.Logger.getLogger("org.apache.lucene");

  private static final Duration STORE_REST = Duration.ofSeconds(10);
  private static final Duration FAILURE_REST = Duration.ofSeconds(5);

  /** The rest after a failure doubles so often. */
  private static final int DOUBLINGS_MAX = 10;

  private static final Duration CLOSE_MAX = Duration.ofSeconds(5);

  /** What a batch took in time, times that, it rests, so that others have the processor too. */
  private static final int REST_FACTOR = 1;

  /** The same while the store changes. */
  private static final int BUSY_REST_FACTOR = 3;

  /** A step that waited long for the disk is no reason to rest longer. */
  private static final Duration REST_MAX = Duration.ofMillis(500);

  /** Changes of the store that a step makes itself. */
  private static final int OWN_CHANGES = 2;

  private final Store store;
  private final Path directory;
  private final ContentTexts texts;
  private final IndexLimits limits;
  private final Semaphore wake = new Semaphore(0);

  /** Contents that are to leave the index. */
  private final Queue<Long> swept = new ConcurrentLinkedQueue<>();

  private final Thread thread;
  private volatile @Nullable IndexRun run;
  private volatile boolean closing;
  private volatile boolean rebuild;
  private int failures;

  /**
   * An index that is not open yet.
   *
   * @param directory of the index; it is made when it is not there
   */
  public ContentIndex(Store store, Path directory, ContentTexts texts, IndexLimits limits) {
    this.store = store;
    this.directory = directory;
    this.texts = texts;
    this.limits = limits;
    this.thread = Thread.ofPlatform().name("indexer").daemon().unstarted(this::work);
  }

  /** Begins to keep the index up. */
  public void start() {
    LUCENE.setLevel(Level.SEVERE);
    store.contents().whenSwept(swept::add);
    thread.start();
  }

  @Override
  public List<ContentFilter> filters(List<Needle> needles) {
    IndexRun open = run;
    if (open != null) {
      try {
        return open.filters(needles);
      } catch (IOException | RuntimeException e) {
        open.fail(e);
        wake.release();
      }
    }
    return List.of();
  }

  /** How far it is. */
  public IndexStatus status() {
    IndexRun open = run;
    return new IndexStatus(
        open != null && !rebuild,
        open == null ? 0 : open.contents(),
        octets(directory),
        open == null ? 0 : open.position(),
        store.contentFeed().newest());
  }

  /** How far an index is that nobody has open. */
  public static IndexStatus status(Store store, Path directory) {
    long position = 0;
    try {
      GramIndex.Label label = GramIndex.label(directory);
      if (label != null && label.suits(label.version(), store.contentFeed().stamp())) {
        position = label.position();
      }
    } catch (IOException | IllegalArgumentException e) {
      log.debug("there is no index that can be read in {}", directory, e);
    }
    long octets = octets(directory);
    return new IndexStatus(false, 0, octets, position, store.contentFeed().newest());
  }

  private static long octets(Path directory) {
    long octets = 0;
    if (Files.isDirectory(directory)) {
      try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
        for (Path file : files) {
          octets += Files.exists(file) ? Files.size(file) : 0;
        }
      } catch (IOException e) {
        log.debug("the size of the index is not known, since it changes", e);
      }
    }
    return octets;
  }

  /**
   * To be called when the store was opened anew after a failed write: what was indexed since the
   * last commit may be gone from it.
   */
  public void reread() {
    IndexRun open = run;
    if (open != null) {
      open.endOfValidity();
      wake.release();
    }
  }

  /** Has it made anew; searches read everything meanwhile. */
  public void rebuild() {
    rebuild = true;
    wake.release();
  }

  private void work() {
    pause(limits.startDelay().toMillis());
    while (!closing) {
      long rest;
      try {
        rest = step();
        failures = 0;
      } catch (StorageException e) {
        log.debug("the index waits for the store", e);
        rest = STORE_REST.toMillis();
      } catch (IOException | RuntimeException e) {
        rest = FAILURE_REST.toMillis() << Math.min(failures++, DOUBLINGS_MAX);
        log.warn("the search index failed and is made anew in {} s", rest / 1000, e);
        drop();
      }
      pause(rest);
    }
    close(run);
    run = null;
  }

  private long step() throws IOException {
    if (store.condition().state() != StoreCondition.State.SOUND) {
      return STORE_REST.toMillis();
    }
    if (rebuild) {
      drop();
      rebuild = false;
    }
    IndexRun open = run;
    if (open != null && !open.isValid()) {
      run = null;
      open.abandon();
      open = null;
    }
    if (open == null) {
      open = open();
      run = open;
    }
    long changes = store.housekeeping().changes();
    long began = System.nanoTime();
    boolean more = open.step(() -> closing);
    long took = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began);
    if (!more) {
      return limits.look().toMillis();
    }
    boolean busy = store.housekeeping().changes() - changes > OWN_CHANGES;
    return Math.min(REST_MAX.toMillis(), took * (busy ? BUSY_REST_FACTOR : REST_FACTOR));
  }

  private IndexRun open() throws IOException {
    String version = texts.version() + '/' + IndexRun.FORMAT;
    GramIndex.Label label;
    try {
      label = GramIndex.label(directory);
    } catch (IOException | RuntimeException e) {
      log.warn("the search index cannot be read and is made anew", e);
      label = null;
    }
    boolean suits = label != null && label.suits(version, store.contentFeed().stamp());
    if (!suits) {
      remove(directory);
    }
    try {
      return open(version, suits ? label : null);
    } catch (StorageException e) {
      throw e;
    } catch (IOException | RuntimeException e) {
      log.warn("the search index is damaged and is made anew", e);
      remove(directory);
      return open(version, null);
    }
  }

  /**
   * @param label of the index that is there, or null when there is none
   */
  private IndexRun open(String version, GramIndex.@Nullable Label label) throws IOException {
    Files.createDirectories(directory);
    GramIndex files = new GramIndex(directory, limits, version);
    try {
      files.requireSound();
      IndexRun opened = new IndexRun(store, files, texts, limits, swept);
      if (label != null) {
        opened.goOn(label.position(), label.orderly());
      }
      return opened;
    } catch (IOException | RuntimeException e) {
      files.close();
      throw e;
    }
  }

  /** Closes and removes the index. */
  private void drop() {
    IndexRun open = run;
    run = null;
    try {
      if (open != null) {
        open.abandon();
      }
      remove(directory);
    } catch (IOException | RuntimeException e) {
      log.warn("the search index in {} cannot be removed", directory, e);
    }
  }

  /** Removes the files of an index that nobody has open. */
  public static void remove(Path directory) throws IOException {
    if (Files.isDirectory(directory)) {
      try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
        for (Path file : files) {
          Files.deleteIfExists(file);
        }
      }
    }
  }

  private static void close(@Nullable IndexRun open) {
    if (open != null) {
      try {
        open.close();
      } catch (IOException | RuntimeException e) {
        log.warn("the search index was not closed in order", e);
      }
    }
  }

  private void pause(long millis) {
    try {
      if (wake.tryAcquire(millis, TimeUnit.MILLISECONDS)) {
        wake.drainPermits();
      }
    } catch (InterruptedException e) {
      closing = true;
    }
  }

  /** Ends the thread; to be called before the store is closed. */
  @Override
  public void close() {
    closing = true;
    wake.release();
    try {
      if (!thread.join(CLOSE_MAX)) {
        log.warn("indexer: still busy after {}", CLOSE_MAX);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
