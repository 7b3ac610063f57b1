package org.postrider.storage;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.util.function.BiPredicate;
import java.util.function.Function;

/**
 * What every MAIL and RCPT asks for, kept until something in the directory changes. Where other
 * processes can change the directory nothing is kept.
 */
final class KnownRecipients {
  /** Entries of each kind. */
  private static final int ENTRIES_MAX = 10_000;

  private record Sender(AccountId account, Addresses.Parts address) {}

  private static final class Known {
    private final Cache<Addresses.Parts, Resolution> resolutions = cache();
    private final Cache<AccountId, Boolean> unlimited = cache();
    private final Cache<AccountId, Boolean> enabled = cache();
    private final Cache<Sender, Boolean> senders = cache();

    private static <K, V> Cache<K, V> cache() {
      return Caffeine.newBuilder().maximumSize(ENTRIES_MAX).build();
    }
  }

  private final boolean exclusive;
  private volatile Known known = new Known();

  KnownRecipients(boolean exclusive) {
    this.exclusive = exclusive;
  }

  /**
   * To be called after a change is committed and before it is acknowledged. A reader that looked
   * before keeps its answer in what nobody asks any more.
   */
  void forget() {
    known = new Known();
  }

  private <K, V> V get(Cache<K, V> cache, K key, Function<? super K, ? extends V> lookUp) {
    if (!exclusive) {
      return lookUp.apply(key);
    }
    V value = cache.getIfPresent(key);
    if (value == null) {
      value = lookUp.apply(key);
      cache.put(key, value);
    }
    return value;
  }

  /** Where the address leads, looked up when it is not known. */
  Resolution resolution(
      Addresses.Parts address, Function<? super Addresses.Parts, Resolution> lookUp) {
    return get(known.resolutions, address, lookUp);
  }

  /** Whether the account has no quota, looked up when it is not known. */
  boolean unlimited(AccountId account, Function<? super AccountId, Boolean> lookUp) {
    return get(known.unlimited, account, lookUp);
  }

  /** Whether the account is there and enabled, looked up when it is not known. */
  boolean enabled(AccountId account, Function<? super AccountId, Boolean> lookUp) {
    return get(known.enabled, account, lookUp);
  }

  /** Whether the account may send as the address, looked up when it is not known. */
  boolean sender(
      AccountId account,
      Addresses.Parts address,
      BiPredicate<? super AccountId, ? super Addresses.Parts> lookUp) {
    Sender sender = new Sender(account, address);
    return get(known.senders, sender, key -> lookUp.test(key.account(), key.address()));
  }
}
