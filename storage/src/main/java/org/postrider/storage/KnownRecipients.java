package org.postrider.storage;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.util.function.Function;

/**
 * What every RCPT asks for, kept until something in the directory changes. Where other processes
 * can change the directory nothing is kept.
 */
final class KnownRecipients {
  /** Entries of each kind. */
  private static final int ENTRIES_MAX = 10_000;

  private static final class Known {
    private final Cache<Addresses.Parts, Resolution> resolutions =
        Caffeine.newBuilder().maximumSize(ENTRIES_MAX).build();
    private final Cache<AccountId, Boolean> unlimited =
        Caffeine.newBuilder().maximumSize(ENTRIES_MAX).build();
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

  /** Where the address leads, looked up when it is not known. */
  Resolution resolution(
      Addresses.Parts address, Function<? super Addresses.Parts, Resolution> lookUp) {
    if (!exclusive) {
      return lookUp.apply(address);
    }
    Known now = known;
    Resolution resolution = now.resolutions.getIfPresent(address);
    if (resolution == null) {
      resolution = lookUp.apply(address);
      now.resolutions.put(address, resolution);
    }
    return resolution;
  }

  /** Whether the account has no quota, looked up when it is not known. */
  boolean unlimited(AccountId account, Function<? super AccountId, Boolean> lookUp) {
    if (!exclusive) {
      return lookUp.apply(account);
    }
    Known now = known;
    Boolean unlimited = now.unlimited.getIfPresent(account);
    if (unlimited == null) {
      unlimited = lookUp.apply(account);
      now.unlimited.put(account, unlimited);
    }
    return unlimited;
  }
}
