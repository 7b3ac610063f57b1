package org.postrider.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.postrider.auth.Accounts.ELSEWHERE;
import static org.postrider.auth.Accounts.HOME;
import static org.postrider.auth.Accounts.LOOPBACK;
import static org.postrider.auth.Throttle.Verdict.RIGHT;
import static org.postrider.auth.Throttle.Verdict.THROTTLED;
import static org.postrider.auth.Throttle.Verdict.WRONG;

import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ThrottleTest {
  private final FakeTime time = new FakeTime();
  private final Throttle throttle = new Throttle(Accounts.settings(), time, time);

  private Throttle.Verdict attempt(String account, InetAddress peer, boolean right)
      throws InterruptedException {
    return throttle.attempt(account, peer, () -> right);
  }

  private long delayOf(String account, InetAddress peer) throws InterruptedException {
    time.sleptMillis();
    assertThat(attempt(account, peer, false)).isEqualTo(WRONG);
    return time.sleptMillis();
  }

  @Test
  void eachFailureDoublesTheDelayUpToItsEnd() throws InterruptedException {
    List<Long> delays = new ArrayList<>();
    for (int i = 0; i < 9; i++) {
      delays.add(delayOf("alice", HOME));
    }
    assertThat(delays).containsExactly(0L, 250L, 500L, 1000L, 2000L, 4000L, 8000L, 8000L, 8000L);
  }

  @Test
  void failuresAreForgottenWithTime() throws InterruptedException {
    for (int i = 0; i < 4; i++) {
      attempt("alice", HOME, false);
    }
    time.pass(Duration.ofMinutes(5));
    assertThat(delayOf("alice", ELSEWHERE)).isEqualTo(500); // 4 became 2
    time.pass(Duration.ofMinutes(60));
    assertThat(delayOf("alice", ELSEWHERE)).isZero();
  }

  @Test
  void aLongAttackIsForgottenWithinTheHour() throws InterruptedException {
    for (int i = 0; i < 2000; i++) {
      attempt("alice", HOME, false);
    }
    time.pass(Duration.ofMinutes(40));
    assertThat(delayOf("alice", ELSEWHERE)).isZero();
  }

  @Test
  void aRightPasswordIsDelayedNotRefused() throws InterruptedException {
    for (int i = 0; i < 100; i++) {
      attempt("alice", HOME, false);
    }
    time.sleptMillis();
    assertThat(attempt("alice", ELSEWHERE, true)).isEqualTo(RIGHT);
    assertThat(time.sleptMillis()).isEqualTo(8000);
  }

  @Test
  void anAddressThatTriesManyAccountsIsSlowed() throws InterruptedException {
    for (int i = 0; i < 24; i++) {
      attempt("user" + i, ELSEWHERE, false);
    }
    assertThat(delayOf("new", ELSEWHERE)).isGreaterThan(3000);
    assertThat(delayOf("newer", HOME)).isZero();
  }

  @Test
  void loopbackIsSlowedPerAccountAlone() throws InterruptedException {
    for (int i = 0; i < 100; i++) {
      attempt("user" + i, LOOPBACK, false);
    }
    assertThat(delayOf("alice", LOOPBACK)).isZero();
    assertThat(delayOf("alice", LOOPBACK)).isEqualTo(250);
  }

  @Test
  void aNetworkOfIpv6CountsAsOne() throws InterruptedException {
    for (int i = 0; i < 40; i++) {
      attempt("user" + i, Accounts.address("2001:db8::" + i), false);
    }
    assertThat(delayOf("alice", Accounts.address("2001:db8::ffff:1"))).isEqualTo(8000);
    assertThat(delayOf("bob", Accounts.address("2001:db8:0:1::1"))).isZero();
  }

  @Test
  void theOwnerIsNotSlowedByFailuresElsewhere() throws InterruptedException {
    attempt("alice", HOME, true);
    for (int i = 0; i < 50; i++) {
      attempt("alice", ELSEWHERE, false);
      attempt("user" + i, HOME, false);
    }
    time.sleptMillis();
    assertThat(attempt("alice", HOME, true)).isEqualTo(RIGHT);
    assertThat(time.sleptMillis()).isZero();
  }

  @Test
  void aFamiliarAddressIsSlowedByItsOwnFailures() throws InterruptedException {
    attempt("alice", HOME, true);
    assertThat(delayOf("alice", HOME)).isZero();
    assertThat(delayOf("alice", HOME)).isEqualTo(250);
    assertThat(delayOf("alice", HOME)).isEqualTo(500);
  }

  /** Many connections at once get no more guesses than may wait; the others are turned away. */
  @Test
  void attemptsAtOnceSeeEachOthersFailures() throws Exception {
    Semaphore gate = new Semaphore(0);
    Throttle parallel = new Throttle(Accounts.settings(), time, millis -> gate.acquire());
    AtomicInteger guesses = new AtomicInteger();
    CountDownLatch turnedAway = new CountDownLatch(100 - 1 - 4);
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Throttle.Verdict>> verdicts = new ArrayList<>();
      for (int i = 0; i < 100; i++) {
        verdicts.add(
            threads.submit(() -> {
              Throttle.Verdict verdict =
                  parallel.attempt(
                      "alice",
                      HOME,
                      () -> {
                        guesses.incrementAndGet();
                        return false;
                      });
              if (verdict == THROTTLED) {
                turnedAway.countDown();
              }
              return verdict;
            }));
      }
      assertThat(turnedAway.await(10, TimeUnit.SECONDS)).isTrue();
      assertThat(guesses).hasValue(1);
      gate.release(1000);
      int wrong = 0;
      for (Future<Throttle.Verdict> verdict : verdicts) {
        wrong += verdict.get() == WRONG ? 1 : 0;
      }
      assertThat(wrong).isEqualTo(5);
    }
  }
}
