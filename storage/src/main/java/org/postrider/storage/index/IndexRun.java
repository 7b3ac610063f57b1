package org.postrider.storage.index;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.postrider.storage.ContentFeed;
import org.postrider.storage.ContentFeed.Batch;
import org.postrider.storage.ContentFeed.Fed;
import org.postrider.storage.StorageException;
import org.postrider.storage.Store;
import org.postrider.storage.index.Needle.Scope;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** An index that is open, and how far it is. Steps are taken by one thread. */
final class IndexRun {
  private static final Logger log = LoggerFactory.getLogger(IndexRun.class);

  /** Differs whenever the files are others for the same texts. */
  static final String FORMAT = "3-grams/1";

  /** Ids are bits in memory; a store that got so far is searched without index from there on. */
  private static final long CONTENT_MAX = Integer.MAX_VALUE - 16L;

  /** Ids compared with the store at once. */
  private static final int RECONCILED = 1000;

  private final ContentFeed feed;
  private final GramIndex files;
  private final ContentTexts texts;
  private final IndexLimits limits;
  private final Queue<Long> swept;
  private final Collector collector;

  /** What was added and is not seen by searches yet. */
  private final Set<Long> added = new HashSet<>();

  private List<Long> coming = List.of();
  private volatile long looked;
  private volatile @Nullable Exception failure;
  private volatile boolean valid = true;
  private boolean unreconciled;
  private boolean changed;
  private boolean refreshable;
  private long committed = System.nanoTime();

  /**
   * @param swept contents that are to leave the index
   */
  IndexRun(
      Store store, GramIndex files, ContentTexts texts, IndexLimits limits, Queue<Long> swept) {
    this.feed = store.contentFeed();
    this.files = files;
    this.texts = texts;
    this.limits = limits;
    this.swept = swept;
    this.collector = new Collector(limits.gramsMax());
  }

  /** Goes on where the files end. */
  void goOn(long position, boolean orderly) throws IOException {
    looked = position;
    unreconciled = !orderly;
    commit(false); // it is noted that it is open
  }

  /** What was not committed may be wrong. */
  void endOfValidity() {
    valid = false;
  }

  boolean isValid() {
    return valid;
  }

  void fail(Exception cause) {
    failure = cause;
  }

  List<ContentFilter> filters(List<Needle> needles) throws IOException {
    return files.snapshot().filters(needles);
  }

  long contents() {
    return files.snapshot().contents();
  }

  /** All up to there were looked at. */
  long position() {
    return looked;
  }

  /**
   * Does some of what there is to do.
   *
   * @param stop whether it is to return at once
   * @return whether there is more
   */
  boolean step(BooleanSupplier stop) throws IOException {
    Exception failed = failure;
    if (failed != null) {
      throw new IOException("a search failed", failed);
    }
    forgetSwept();
    if (unreconciled) {
      reconcile(stop);
    }
    if (!coming.isEmpty()) {
      Batch come = feed.come(coming);
      index(come.contents(), stop);
      if (stop.getAsBoolean()) {
        return false;
      }
      coming = come.coming();
    }
    Batch batch = feed.next(looked, limits.batch(), limits.age().toMillis());
    index(batch.contents(), stop);
    if (stop.getAsBoolean()) {
      return false;
    }
    boolean more = batch.last() > looked;
    if (!batch.coming().isEmpty()) {
      coming = new ArrayList<>(coming);
      coming.addAll(batch.coming());
    }
    looked = batch.last();
    changed |= more;
    if (refreshable) {
      files.refresh();
      added.clear();
      refreshable = false;
    }
    boolean due = System.nanoTime() - committed >= limits.commitInterval().toNanos();
    if (changed && due) {
      commit(false);
    }
    return more;
  }

  private void forgetSwept() throws IOException {
    Long content = swept.poll();
    while (content != null) {
      remove(content);
      content = swept.poll();
    }
  }

  private void remove(long content) throws IOException {
    files.remove(content);
    changed = true;
    refreshable = true;
  }

  /**
   * Lets go of contents that were swept while the index did not hear of it, or whose sweep was not
   * forced to the disk.
   */
  private void reconcile(BooleanSupplier stop) throws IOException {
    Snapshot snapshot = files.snapshot();
    long from = 0;
    List<Long> ids = new ArrayList<>();
    for (long id = snapshot.nextCovered(0); id >= 0; id = snapshot.nextCovered(id + 1)) {
      ids.add(id);
      if (ids.size() == RECONCILED) {
        from = removeGone(ids, from);
        if (stop.getAsBoolean()) {
          return;
        }
      }
    }
    removeGone(ids, from);
    unreconciled = false;
  }

  private long removeGone(List<Long> ids, long from) throws IOException {
    if (ids.isEmpty()) {
      return from;
    }
    long last = ids.getLast();
    List<Long> there = feed.existing(from, last);
    int next = 0;
    for (long id : ids) {
      while (next < there.size() && there.get(next) < id) {
        next++;
      }
      if (next == there.size() || there.get(next) != id) {
        remove(id);
      }
    }
    ids.clear();
    return last + 1;
  }

  /** Leaves out those that cannot be read; searches read them, and say what is wrong with them. */
  private void index(List<Fed> contents, BooleanSupplier stop) throws IOException {
    for (Fed each : contents) {
      long id = each.content().value();
      if (stop.getAsBoolean()) {
        return;
      }
      if (id < CONTENT_MAX && !files.snapshot().covers(id) && !added.contains(id)) {
        try {
          texts.read(each, collector.begin());
        } catch (StorageException e) {
          if (e.reason() == StorageException.Reason.UNAVAILABLE) {
            throw e;
          }
          continue; // damaged, or swept meanwhile
        } catch (RuntimeException e) {
          log.warn("content {} is not indexed", id, e);
          continue;
        }
        collector.end(id);
      }
    }
  }

  /**
   * Forces what was indexed to the disk. The store goes first: then all that was indexed is durable
   * there, and no id in the index is ever given to another content.
   */
  private void commit(boolean orderly) throws IOException {
    ContentFeed.Stamp stamp = feed.advance();
    if (!valid) {
      return;
    }
    long position = coming.stream().mapToLong(each -> each - 1).min().orElse(looked);
    files.commit(stamp, Math.min(position, looked), orderly);
    changed = false;
    committed = System.nanoTime();
  }

  /** Closes it in order. */
  void close() throws IOException {
    try {
      forgetSwept();
      commit(!unreconciled);
    } finally {
      files.close();
    }
  }

  /** Closes it for good. */
  void abandon() throws IOException {
    files.close();
  }

  /** Gathers the grams of a content and adds them to the index. */
  private final class Collector implements ContentTexts.Sink {
    private final GramSet header;
    private final GramSet body;

    Collector(int gramsMax) {
      header = new GramSet(gramsMax);
      body = new GramSet(gramsMax);
    }

    Collector begin() {
      header.clear();
      body.clear();
      return this;
    }

    @Override
    public void piece(Scope scope, String mapped) {
      (scope == Scope.HEADER ? header : body).piece(mapped);
    }

    @Override
    public void endOfText() {
      header.endOfText();
      body.endOfText();
    }

    void end(long content) throws IOException {
      if (!header.isFull() && !body.isFull()) {
        files.add(content, header, body);
        added.add(content);
        changed = true;
        refreshable = true;
      }
    }
  }
}
