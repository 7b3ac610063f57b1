package org.postrider.storage;

import java.util.Collection;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells sessions that something changed; what changed they ask by MODSEQ ({@link
 * Messages#changesSince}). Published after the commit, once per mailbox and commit.
 */
public final class ChangeBus {
  private static final Logger log = LoggerFactory.getLogger(ChangeBus.class);

  /** An interest that ends with {@link #close}. */
  public interface Subscription extends AutoCloseable {
    @Override
    void close();
  }

  /** By the id record of what is watched. An entry without watchers is removed. */
  private final ConcurrentHashMap<Record, List<Watch>> watches = new ConcurrentHashMap<>();

  private final class Watch implements Subscription {
    private final Record subject;
    private final Runnable wake;

    Watch(Record subject, Runnable wake) {
      this.subject = subject;
      this.wake = wake;
    }

    void run() {
      try {
        wake.run();
      } catch (RuntimeException e) {
        log.error("a watcher of {} failed", subject, e);
      }
    }

    @Override
    public void close() {
      watches.computeIfPresent(subject, (key, list) -> without(list, this));
    }
  }

  ChangeBus() {}

  /**
   * Calls {@code wake} after each change of that mailbox (messages, flags, name, deletion). It runs
   * on the writer's thread: it must return at once and not call the store. Many changes may come as
   * one call.
   */
  public Subscription watch(MailboxId mailbox, Runnable wake) {
    return add(mailbox, wake);
  }

  /**
   * Calls {@code wake} after each change of the account's list of mailboxes, subscriptions, quota
   * or state (disabled).
   */
  public Subscription watch(AccountId account, Runnable wake) {
    return add(account, wake);
  }

  private Subscription add(Record subject, Runnable wake) {
    Watch watch = new Watch(subject, wake);
    watches.merge(subject, List.of(watch), ChangeBus::union);
    return watch;
  }

  private static List<Watch> union(List<Watch> some, List<Watch> more) {
    return java.util.stream.Stream.concat(some.stream(), more.stream()).toList();
  }

  private static @Nullable List<Watch> without(List<Watch> list, Watch watch) {
    List<Watch> rest = list.stream().filter(w -> w != watch).toList();
    return rest.isEmpty() ? null : rest;
  }

  void publish(Collection<MailboxId> mailboxes, Collection<AccountId> accounts) {
    if (watches.isEmpty()) {
      return;
    }
    mailboxes.forEach(this::wake);
    accounts.forEach(this::wake);
  }

  private void wake(Record subject) {
    List<Watch> list = watches.get(subject);
    if (list != null) {
      list.forEach(Watch::run);
    }
  }
}
