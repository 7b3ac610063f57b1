package org.postrider.smtp.relay;

import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Jobs that go to the same hosts, and what is known of how these do: how many connections at a time
 * they bear, and whether they are down, which is then found out once and not for each message.
 */
final class Destination {
  /** Jobs in memory; more stay in the store. */
  static final int WAITING_MAX = 200;

  private static final int CONNECTIONS_AT_FIRST = 2;

  /** How long what is known is kept after the last job, and after the time when it was down. */
  private static final Duration KEPT = Duration.ofHours(1);

  private final Key key;
  private final RelaySettings settings;
  private final Clock clock;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition added = lock.newCondition();
  private final JobQueue jobs = new JobQueue();
  private int workers;
  private int limit = CONNECTIONS_AT_FIRST;
  private int failures;
  private long downUntil;
  private long lastAdded;
  private @Nullable Outcome down;
  private boolean closed;

  /**
   * What jobs have in common.
   *
   * @param name of the domain, or of the route's host
   * @param wish what their senders say about TLS, of which depends who takes them
   */
  record Key(String name, TlsWish wish) {}

  Destination(Key key, RelaySettings settings, Clock clock) {
    this.key = key;
    this.settings = settings;
    this.clock = clock;
  }

  Key key() {
    return key;
  }

  int waiting() {
    lock.lock();
    try {
      return jobs.size();
    } finally {
      lock.unlock();
    }
  }

  /** Whether it is to get no more jobs for now. */
  boolean isFull() {
    return waiting() >= WAITING_MAX;
  }

  /**
   * Adds a job.
   *
   * @param scarce whether connections are too few to have several here
   * @return whether the caller is to start another worker for it
   */
  boolean add(Job job, boolean scarce) {
    lock.lock();
    try {
      jobs.add(job);
      lastAdded = clock.millis();
      added.signal();
      int most = scarce ? 1 : Math.min(limit, settings.connectionsPerDestination());
      if (workers < most && workers < jobs.size()) {
        workers++;
        return true;
      }
      return false;
    } finally {
      lock.unlock();
    }
  }

  /**
   * The next job, waiting some time for one; null when there is none, and then the worker must end.
   */
  @Nullable Job take(Duration patience) throws InterruptedException {
    lock.lock();
    try {
      long left = patience.toNanos();
      while (jobs.isEmpty() && left > 0 && !closed) {
        left = added.awaitNanos(left);
      }
      return closed ? null : jobs.poll();
    } finally {
      lock.unlock();
    }
  }

  /** Whether a worker is not alone. */
  boolean hasOthers() {
    lock.lock();
    try {
      return workers > 1;
    } finally {
      lock.unlock();
    }
  }

  /** Jobs that wait, so many at most. */
  List<Job> drain(int max) {
    lock.lock();
    try {
      return jobs.poll(max);
    } finally {
      lock.unlock();
    }
  }

  /** Whether there is nothing to do, was nothing for long, and nothing has to be remembered. */
  boolean isIdle() {
    lock.lock();
    try {
      long since = clock.millis() - KEPT.toMillis();
      return jobs.isEmpty() && workers == 0 && lastAdded <= since && downUntil <= since;
    } finally {
      lock.unlock();
    }
  }

  /**
   * A worker ends.
   *
   * @return whether another one must start, since a job came meanwhile
   */
  boolean leave() {
    lock.lock();
    try {
      if (jobs.isEmpty() || workers > 1 || closed) {
        workers--;
        return false;
      }
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** What everybody hears while the destination is down; null when it may be tried. */
  @Nullable Outcome down() {
    lock.lock();
    try {
      return down != null && clock.millis() < downUntil ? down : null;
    } finally {
      lock.unlock();
    }
  }

  /** The hosts are tried again by the next job. */
  void mayBeUp() {
    lock.lock();
    try {
      down = null;
    } finally {
      lock.unlock();
    }
  }

  /** No host took a connection: all jobs that wait share the outcome. */
  List<Job> fail(Outcome outcome) {
    lock.lock();
    try {
      failures++;
      limit = 1;
      if (outcome.kind() == Outcome.Kind.DEFERRED) {
        down = outcome;
        downUntil = clock.millis() + settings.pauseAfter(failures).toMillis();
      }
      return jobs.poll(jobs.size());
    } finally {
      lock.unlock();
    }
  }

  /** The hosts take mail: one connection more from now on. */
  void succeed() {
    lock.lock();
    try {
      failures = 0;
      down = null;
      limit = Math.min(limit + 1, settings.connectionsPerDestination());
    } finally {
      lock.unlock();
    }
  }

  /** The hosts said that it is too much: half of the connections from now on. */
  void slowDown() {
    lock.lock();
    try {
      limit = Math.max(1, limit / 2);
    } finally {
      lock.unlock();
    }
  }

  /** No job is given out any more. */
  void close() {
    lock.lock();
    try {
      closed = true;
      added.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
