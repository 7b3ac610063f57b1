package org.postrider.wire;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Where a session waits: for octets of its client, for room in the channel, for {@link
 * Connection#wake}, for the end of the connection or of the server. The event loop and other
 * threads put things in and never block; one thread, the session's, takes them out.
 *
 * <p>Everything is guarded by one lock and announced by one condition, so that nothing can come
 * between looking and waiting: a wake-up cannot be lost.
 */
@SuppressWarnings("NonAtomicVolatileUpdate") // octets is written under the lock only
final class Inbox {
  /** Received octets, with what they cost in memory, at which reading from the socket stops. */
  static final int COST_MAX = 64 * 1024;

  /** Below that reading goes on. */
  private static final int COST_LOW = 16 * 1024;

  /** What a chunk costs above its capacity, so that many tiny ones count for what they are. */
  private static final int CHUNK_COST = 256;

  /** Octets handed to the channel and not yet taken by the socket, at which the session waits. */
  static final int UNSENT_MAX = 128 * 1024;

  private final Channel channel;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final ArrayDeque<ByteBuf> chunks = new ArrayDeque<>(2);
  private int cost;
  private volatile int octets;
  private int unsent;

  /** Whether the session waits for input, at most until {@link #idleUntil}. */
  private volatile boolean awaiting;

  private volatile long idleUntil;
  private boolean paused;
  private boolean signal;
  private boolean stopping;
  private boolean ended;
  private boolean abandoned;
  private @Nullable String closed;

  Inbox(Channel channel) {
    this.channel = channel;
  }

  // ---- called by the event loop and by other threads

  /** Takes over a chunk of received octets. */
  void offer(ByteBuf chunk) {
    lock.lock();
    try {
      if (abandoned || closed != null || !chunk.isReadable()) {
        chunk.release();
        return;
      }
      chunks.add(chunk);
      octets += chunk.readableBytes();
      cost += chunk.capacity() + CHUNK_COST;
      if (cost > COST_MAX && !paused) {
        paused = true;
        channel.config().setAutoRead(false);
      }
      changed.signal();
    } finally {
      lock.unlock();
    }
  }

  /** The client will send no more; what it sent may still be read. */
  void end() {
    lock.lock();
    try {
      ended = true;
      changed.signal();
    } finally {
      lock.unlock();
    }
  }

  /** The connection was ended by us: nothing more is read or written. */
  void close(String reason) {
    lock.lock();
    try {
      if (closed == null) {
        closed = reason;
      }
      discardChunks();
      changed.signal();
    } finally {
      lock.unlock();
    }
  }

  /** The channel is gone: nothing more is written, but what was received may still be read. */
  void disconnected() {
    lock.lock();
    try {
      ended = true;
      unsent = 0;
      changed.signal();
    } finally {
      lock.unlock();
    }
  }

  void wake() {
    lock.lock();
    try {
      signal = true;
      changed.signal();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Wakes a session that has waited for input beyond its idle timeout. To be called now and then:
   * the wait itself has no time limit, because on a virtual thread each timed wait costs a task and
   * a wake-up of the JDK's scheduler thread, as much as all the rest of a round trip.
   */
  void expire(long nanoTime) {
    if (!awaiting || nanoTime - idleUntil < 0) {
      return;
    }
    lock.lock();
    try {
      changed.signal();
    } finally {
      lock.unlock();
    }
  }

  void stop() {
    lock.lock();
    try {
      stopping = true;
      changed.signal();
    } finally {
      lock.unlock();
    }
  }

  /** The socket took octets that {@link #reserve} had announced. */
  void sent(int count) {
    lock.lock();
    try {
      unsent -= count;
      changed.signal();
    } finally {
      lock.unlock();
    }
  }

  /** Throws away what was received and not yet taken. */
  void discard() {
    lock.lock();
    try {
      discardChunks();
    } finally {
      lock.unlock();
    }
  }

  /** Throws away what was received and what will be; the session has ended. */
  void abandon() {
    lock.lock();
    try {
      abandoned = true;
      discardChunks();
    } finally {
      lock.unlock();
    }
  }

  private void discardChunks() {
    for (ByteBuf chunk : chunks) {
      chunk.release();
    }
    chunks.clear();
    octets = 0;
    cost = 0;
    resume();
  }

  private void resume() {
    if (paused && cost <= COST_LOW) {
      paused = false;
      channel.config().setAutoRead(true);
    }
  }

  // ---- called by the session's thread

  /** Octets received and not yet taken. */
  int octets() {
    return octets;
  }

  /** Whether reading from the socket is stopped because the session has fallen behind. */
  boolean isPaused() {
    lock.lock();
    try {
      return paused;
    } finally {
      lock.unlock();
    }
  }

  /** Whether the client will send no more. */
  boolean hasEnded() {
    lock.lock();
    try {
      return ended;
    } finally {
      lock.unlock();
    }
  }

  /** Whether the connection was ended by us before the session was done. */
  boolean isClosed() {
    lock.lock();
    try {
      return closed != null;
    } finally {
      lock.unlock();
    }
  }

  /** The next chunk, which the caller then owns; null when none is there. */
  @Nullable ByteBuf poll() {
    if (octets == 0) {
      return null;
    }
    lock.lock();
    try {
      ByteBuf chunk = chunks.poll();
      if (chunk != null) {
        octets -= chunk.readableBytes();
        cost -= chunk.capacity() + CHUNK_COST;
        resume();
      }
      return chunk;
    } finally {
      lock.unlock();
    }
  }

  /** Waits until a chunk is there. */
  void awaitInput(Duration idleTimeout)
      throws ConnectionClosedException, IdleTimeoutException, ShutdownException {
    lock.lock();
    try {
      if (chunks.isEmpty()) {
        idleUntil = System.nanoTime() + Math.min(nanos(idleTimeout), Long.MAX_VALUE / 2);
        awaiting = true;
      }
      while (chunks.isEmpty()) {
        if (closed != null) {
          throw new ConnectionClosedException(closed);
        }
        if (ended) {
          throw new ConnectionClosedException("the client closed the connection");
        }
        if (stopping) {
          throw new ShutdownException("the server stops");
        }
        if (System.nanoTime() - idleUntil >= 0) {
          throw new IdleTimeoutException("no input for " + idleTimeout.toSeconds() + " s");
        }
        changed.await();
      }
    } catch (InterruptedException e) {
      throw interrupted();
    } finally {
      awaiting = false;
      lock.unlock();
    }
  }

  /** Waits for a chunk or the end of input, for a wake, or for so many nanoseconds. */
  Connection.Wakeup await(long nanos) throws ConnectionClosedException, ShutdownException {
    long remaining = nanos;
    lock.lock();
    try {
      while (true) {
        if (closed != null) {
          throw new ConnectionClosedException(closed);
        }
        if (!chunks.isEmpty() || ended) {
          return Connection.Wakeup.INPUT;
        }
        if (stopping) {
          throw new ShutdownException("the server stops");
        }
        if (signal) {
          signal = false;
          return Connection.Wakeup.SIGNAL;
        }
        if (remaining <= 0) {
          return Connection.Wakeup.TIMEOUT;
        }
        remaining = pause(remaining);
      }
    } finally {
      lock.unlock();
    }
  }

  /**
   * Announces octets that will be handed to the channel; waits first while too many are on their
   * way.
   *
   * @throws ConnectionClosedException also when the client took nothing for the write timeout
   */
  void reserve(int count, Duration writeTimeout) throws ConnectionClosedException {
    lock.lock();
    try {
      long remaining = nanos(writeTimeout);
      int before = unsent;
      while (closed == null && channel.isActive() && unsent > UNSENT_MAX) {
        if (remaining <= 0) {
          closed = "the client did not read for " + writeTimeout.toSeconds() + " s";
          break;
        }
        remaining = pause(remaining);
        if (unsent < before) {
          before = unsent;
          remaining = nanos(writeTimeout);
        }
      }
      if (closed != null) {
        throw new ConnectionClosedException(closed);
      }
      if (!channel.isActive()) {
        throw new ConnectionClosedException("the connection is closed");
      }
      unsent += count;
    } finally {
      lock.unlock();
    }
  }

  /** One wait of a loop; returns what is left of the time. */
  @SuppressWarnings("WaitNotInLoop") // the callers loop
  private long pause(long nanos) throws ConnectionClosedException {
    try {
      return changed.awaitNanos(nanos);
    } catch (InterruptedException e) {
      throw interrupted();
    }
  }

  private static ConnectionClosedException interrupted() {
    Thread.currentThread().interrupt();
    return new ConnectionClosedException("the session was interrupted");
  }

  /** The duration in nanoseconds, at most some 292 years. */
  static long nanos(Duration duration) {
    return duration.compareTo(Duration.ofNanos(Long.MAX_VALUE)) >= 0
        ? Long.MAX_VALUE
        : duration.toNanos();
  }
}
