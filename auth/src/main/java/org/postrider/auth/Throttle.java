package org.postrider.auth;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import java.net.InetAddress;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/**
 * Slows guessing of passwords. Failures are counted per account and per address, and the counts
 * halve with time. An attempt waits before it is looked at, the longer the more failures there are,
 * but never longer than the greatest delay: nobody is ever locked out.
 *
 * <p>Attempts on one account are looked at one after the other, and each sees the failures of those
 * before it: many connections at once do not get more guesses than one after another would, apart
 * from the number that may wait at one time. What is beyond that number is turned away at once.
 *
 * <p>So that an attacker does not slow down the owner: an address from which an account logged in
 * lately has a count of its own for that account, and neither the account's failures elsewhere nor
 * its neighbours' behind the same gateway slow it.
 */
final class Throttle {
  /** How an attempt ended. */
  enum Verdict {
    RIGHT,
    WRONG,
    THROTTLED
  }

  /** Many people may share an address, so a failure weighs less there. */
  private static final double ADDRESS_WEIGHT = 0.25;

  /** A long attack is forgotten as fast as a short one: counts end here. */
  private static final double FAILURES_MAX = 32;

  private final AuthSettings settings;
  private final Clock clock;
  private final Sleeper sleeper;
  private final Cache<Key, Counter> counters;
  private final Cache<Key, Boolean> familiar;

  private sealed interface Key {
    record Account(String name) implements Key {}

    record Address(String network) implements Key {}

    record Pair(String name, String network) implements Key {}
  }

  Throttle(AuthSettings settings, Clock clock, Sleeper sleeper) {
    this.settings = settings;
    this.clock = clock;
    this.sleeper = sleeper;
    Ticker ticker = () -> TimeUnit.MILLISECONDS.toNanos(clock.millis());
    // after that many half-lives nothing is left of any count
    Duration forgotten = settings.failureHalfLife().multipliedBy(8);
    this.counters =
        Caffeine.newBuilder()
            .maximumSize(settings.entriesMax())
            .expireAfterAccess(forgotten)
            .ticker(ticker)
            .executor(Runnable::run)
            .build();
    this.familiar =
        Caffeine.newBuilder()
            .maximumSize(settings.entriesMax())
            .expireAfterWrite(settings.familiarity())
            .ticker(ticker)
            .executor(Runnable::run)
            .build();
  }

  /**
   * Waits as long as it takes, then makes the check and counts its result.
   *
   * @param account the canonical login, or the name given when there is no such account
   */
  Verdict attempt(String account, InetAddress peer, BooleanSupplier check)
      throws InterruptedException {
    Key.Pair pair = new Key.Pair(account, network(peer));
    List<Counter> concerned = concerned(pair, peer);
    ReentrantLock turn = concerned.getFirst().turn;
    long waited = 0;
    for (; ; ) {
      long delay;
      turn.lockInterruptibly();
      try {
        delay = delay(concerned);
        if (delay <= waited) {
          boolean right = check.getAsBoolean();
          if (right) {
            familiar.put(pair, true);
          } else {
            concerned.forEach(c -> c.fail(clock.millis(), settings.failureHalfLife()));
          }
          return right ? Verdict.RIGHT : Verdict.WRONG;
        }
      } finally {
        turn.unlock();
      }
      if (!sleep(concerned, delay - waited)) {
        return Verdict.THROTTLED;
      }
      waited = delay;
    }
  }

  /** The counters that slow an attempt; the first one gives the turn. */
  private List<Counter> concerned(Key.Pair pair, InetAddress peer) {
    if (familiar.getIfPresent(pair) != null) {
      return List.of(counter(pair, 1));
    }
    Counter account = counter(new Key.Account(pair.name), 1);
    return peer.isLoopbackAddress()
        ? List.of(account)
        : List.of(account, counter(new Key.Address(pair.network), ADDRESS_WEIGHT));
  }

  private Counter counter(Key key, double weight) {
    return counters.get(key, k -> new Counter(weight));
  }

  private long delay(List<Counter> concerned) {
    double failures = 0;
    for (Counter counter : concerned) {
      failures = Math.max(failures, counter.failures(clock.millis(), settings.failureHalfLife()));
    }
    long count = Math.round(failures);
    if (count == 0) {
      return 0;
    }
    long millis = settings.failureDelay().toMillis() << Math.min(count - 1, 31);
    return Math.min(millis, settings.failureDelayMax().toMillis());
  }

  /** Waits, unless too many do; false then. */
  private boolean sleep(List<Counter> concerned, long millis) throws InterruptedException {
    List<Counter> entered = new ArrayList<>(concerned.size());
    try {
      for (Counter counter : concerned) {
        if (!counter.enter(settings.waitingMax())) {
          return false;
        }
        entered.add(counter);
      }
      sleeper.sleep(millis);
      return true;
    } finally {
      entered.forEach(Counter::leave);
    }
  }

  /** The address; of IPv6 the first 64 bits, since that is what one customer has. */
  private static String network(InetAddress peer) {
    byte[] address = peer.getAddress();
    return HexFormat.of().formatHex(address.length > 4 ? Arrays.copyOf(address, 8) : address);
  }

  /** A count of failures that halves with time. */
  private static final class Counter {
    final ReentrantLock turn = new ReentrantLock(true);
    private final double weight;
    private double failures;
    private long countedAt;
    private int waiting;

    Counter(double weight) {
      this.weight = weight;
    }

    synchronized double failures(long now, Duration halfLife) {
      double age = Math.max(0, now - countedAt);
      return failures * Math.pow(0.5, age / (double) halfLife.toMillis());
    }

    synchronized void fail(long now, Duration halfLife) {
      failures = Math.min(FAILURES_MAX, failures(now, halfLife) + weight);
      countedAt = now;
    }

    synchronized boolean enter(int max) {
      if (waiting >= max) {
        return false;
      }
      waiting++;
      return true;
    }

    synchronized void leave() {
      waiting--;
    }
  }
}
