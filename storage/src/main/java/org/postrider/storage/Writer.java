package org.postrider.storage;

import static org.postrider.storage.StorageException.Reason.UNAVAILABLE;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.postrider.storage.fs.UninterruptibleThread;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread that changes the database. It takes the jobs that wait, runs them in one
 * transaction, commits once, durably, and only then lets their callers go on. There is no delay to
 * fill a batch: while one batch is forced to disk the next one gathers.
 *
 * <p>A job that refuses (a {@link StorageException}) before it changed anything fails alone. When a
 * job fails in any other way the transaction is rolled back and every job of the batch is run again
 * in a transaction of its own, so that its failure is nobody else's; jobs can therefore run twice
 * and must not change Java state that outlives the {@link Transaction}. When a commit fails, nobody
 * knows what is on disk, and the store takes no more changes; unless it failed for want of space,
 * and there is space again.
 *
 * <p>A caller waits without being interruptible: his job's outcome must not be left unknown.
 */
final class Writer implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Writer.class);

  /** A change, run on the writer's thread in a transaction it shares with others. */
  @FunctionalInterface
  interface Work<T extends @Nullable Object> {
    T run(Transaction transaction) throws SQLException;
  }

  private static final class Job<T extends @Nullable Object> {
    private final long octets;
    private final Work<T> work;
    private final CompletableFuture<T> done = new CompletableFuture<>();
    private @Nullable Runnable outcome;

    Job(long octets, Work<T> work) {
      this.octets = octets;
      this.work = work;
    }

    /** Runs the work and keeps its outcome until the commit; throws when it must be rolled back. */
    void run(Transaction transaction) throws SQLException {
      long changesBefore = transaction.changes();
      try {
        T result = work.run(transaction);
        outcome = () -> done.complete(result);
      } catch (StorageException refusal) {
        if (transaction.changes() != changesBefore) {
          throw refusal;
        }
        outcome = () -> done.completeExceptionally(refusal);
      }
    }

    void complete() {
      if (outcome != null) {
        outcome.run();
      }
    }

    void fail(Throwable cause) {
      done.completeExceptionally(
          cause instanceof StorageException
              ? cause
              : new StorageException(UNAVAILABLE, "The store could not make the change", cause));
    }
  }

  private final Database database;
  private Statements statements;
  private Transaction transaction;
  private final ChangeBus changes;
  private final int batchJobs;
  private final long batchOctets;
  private final BlockingQueue<Job<?>> queue = new LinkedBlockingQueue<>();
  private final Job<?> stop = new Job<>(0, transaction -> "stop");
  private final LongAdder commits = new LongAdder();
  private final LongAdder jobs = new LongAdder();
  private final Thread thread;
  private volatile @Nullable String refusal;
  private volatile boolean ended;
  private volatile boolean closing;
  private volatile Runnable reopened = () -> {};

  /** Whether the store failed for want of space. The writer's thread alone asks. */
  private boolean outOfSpace;

  Writer(Database database, ChangeBus changes, StoreSettings settings) {
    this.database = database;
    this.changes = changes;
    this.batchJobs = settings.batchJobs();
    this.batchOctets = settings.batchBytes();
    this.statements = new Statements(database.writerConnection(), database.dialect(), null);
    this.transaction = new Transaction(statements);
    this.thread = new UninterruptibleThread("postrider-writer", this::run);
    thread.start();
  }

  /**
   * Has the work done and waits until it is durable.
   *
   * @param octets of content that it writes, about
   */
  <T extends @Nullable Object> T submit(long octets, Work<T> work) {
    String reason = refusal;
    if (reason != null) {
      throw new StorageException(UNAVAILABLE, reason);
    }
    database.space().requireForChange(octets);
    Job<T> job = new Job<>(octets, work);
    queue.add(job);
    if (ended) {
      failWaiting();
    }
    try {
      return job.done.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof StorageException refused) {
        throw refused;
      }
      throw e;
    }
  }

  /** Has that run on the writer's thread whenever the database was opened anew, before any job. */
  void whenReopened(Runnable then) {
    reopened = then;
  }

  long commits() {
    return commits.sum();
  }

  long jobs() {
    return jobs.sum();
  }

  /** Why the file must not be written any more; null when nothing failed. */
  @Nullable String failure() {
    String reason = refusal;
    return CLOSED.equals(reason) ? null : reason;
  }

  private static final String CLOSED = "The store is closed";

  private static final String FULL =
      "The disk ran full: the store takes no more changes until there is space";

  /** How often it is looked whether there is space again. */
  private static final long LOOK_MILLIS = 1_000;

  private void run() {
    List<Job<?>> batch = new ArrayList<>(batchJobs);
    try {
      while (take(batch)) {
        if (refusal == null || refusal.equals(CLOSED)) {
          execute(batch);
        } else {
          fail(batch);
        }
      }
    } finally {
      if (refusal == null) {
        refuse("The store takes no more changes, since its writer ended; see the log", null);
      }
      ended = true;
      fail(batch);
      failWaiting();
    }
  }

  /** Fills the batch with what waits, at least one job; false when it is time to stop. */
  private boolean take(List<Job<?>> batch) {
    batch.clear();
    Job<?> job = uninterruptedTake();
    long octets = 0;
    while (job != null) {
      if (job == stop) {
        if (batch.isEmpty()) {
          return false;
        }
        queue.add(stop);
        return true;
      }
      batch.add(job);
      octets += job.octets;
      Job<?> next = queue.peek();
      if (next == null || batch.size() == batchJobs || octets + next.octets > batchOctets) {
        return true;
      }
      job = queue.poll();
    }
    return true;
  }

  private Job<?> uninterruptedTake() {
    while (true) {
      try {
        Job<?> job = outOfSpace ? queue.poll(LOOK_MILLIS, TimeUnit.MILLISECONDS) : queue.take();
        if (job != null) {
          return job;
        }
        reopen();
      } catch (InterruptedException e) {
        log.warn("the writer was interrupted and goes on");
      }
    }
  }

  /**
   * Opens the database anew when there is space again after a write failed for want of it. That is
   * what the next process would do, and as safe: after a failed write the file takes no other from
   * this opening of it.
   */
  private void reopen() {
    if (closing || !database.space().isKnownToSuffice()) {
      return;
    }
    try {
      database.reopen();
      statements = new Statements(database.writerConnection(), database.dialect(), statements);
      transaction = new Transaction(statements);
      reopened.run();
    } catch (RuntimeException e) {
      log.warn("there is space on the disk again, but the store does not open yet", e);
      database.abandon();
      return;
    }
    outOfSpace = false;
    refusal = closing ? CLOSED : null;
    log.warn("there is space on the disk again: the store was opened anew and takes changes");
  }

  private void execute(List<Job<?>> batch) {
    try {
      transaction.begin();
      for (Job<?> job : batch) {
        job.run(transaction);
      }
      transaction.finish();
    } catch (SQLException | RuntimeException | Error e) {
      if (!rollback(e)) {
        fail(batch);
      } else if (batch.size() == 1) {
        if (!(e instanceof StorageException)) {
          log.error("a change failed", e);
        }
        batch.getFirst().fail(e);
      } else {
        for (Job<?> job : batch) {
          executeAlone(job);
        }
      }
      return;
    }
    try {
      database.writerConnection().commit();
    } catch (SQLException | RuntimeException | Error e) {
      refuse("The store takes no more changes, since a commit failed; see the log", e);
      fail(batch);
      return;
    }
    commits.increment();
    jobs.add(batch.size());
    // Before the callers go on: a session that says OK has its own change in what it reports.
    transaction.publish(changes);
    batch.forEach(Job::complete);
  }

  private void executeAlone(Job<?> job) {
    if (refusal == null || refusal.equals(CLOSED)) {
      execute(List.of(job));
    } else {
      fail(List.of(job));
    }
  }

  private boolean rollback(Throwable failure) {
    try {
      transaction.rollback();
      return true;
    } catch (SQLException | RuntimeException | Error e) {
      e.addSuppressed(failure);
      refuse(
          "The store takes no more changes, since the database failed; see the log",
          DiskSpace.isCause(failure) ? failure : e);
      return false;
    }
  }

  private void refuse(String reason, @Nullable Throwable cause) {
    log.error("{}", reason, cause);
    outOfSpace = DiskSpace.isCause(cause);
    refusal = outOfSpace ? FULL : reason;
    database.abandon();
  }

  private void fail(List<Job<?>> batch) {
    String reason = refusal;
    StorageException e = new StorageException(UNAVAILABLE, reason == null ? CLOSED : reason);
    batch.forEach(job -> job.fail(e));
  }

  private void failWaiting() {
    Job<?> job;
    while ((job = queue.poll()) != null) {
      fail(List.of(job));
    }
  }

  /** Finishes the jobs that wait and ends the thread. */
  @Override
  public void close() {
    closing = true;
    if (refusal == null) {
      refusal = CLOSED;
    }
    queue.add(stop);
    boolean interrupted = false;
    while (true) {
      try {
        thread.join();
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
