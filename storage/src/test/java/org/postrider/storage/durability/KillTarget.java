package org.postrider.storage.durability;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.postrider.storage.Account;
import org.postrider.storage.Delivery;
import org.postrider.storage.FlagChange;
import org.postrider.storage.MailboxId;
import org.postrider.storage.MessageFlags;
import org.postrider.storage.Messages;
import org.postrider.storage.StagedContent;
import org.postrider.storage.Store;
import org.postrider.storage.StoreSettings;
import org.postrider.storage.SystemFlag;

/**
 * The process that is killed: {@code <directory> <seed> <first token>}. It delivers and appends
 * from several threads for ever and writes each acknowledgement to its output, after it got it:
 * {@code <token> <mailbox> <uid>}. It ends too when its input does.
 */
final class KillTarget {
  private static final int THREADS = 6;

  private KillTarget() {}

  public static void main(String[] args) {
    SplittableRandom random = new SplittableRandom(Long.parseLong(args[1]));
    AtomicLong tokens = new AtomicLong(Long.parseLong(args[2]));
    Thread.ofPlatform().daemon().start(KillTarget::endWithInput);
    Store store = Store.open(StoreSettings.inDirectory(Path.of(args[0])), Clock.systemUTC());
    List<Account> accounts = store.directory().accounts(null);
    List<Thread> readers =
        accounts.stream()
            .limit(2)
            .map(account -> Thread.ofPlatform().start(() -> read(store, account)))
            .toList();
    Thread.ofPlatform().start(() -> interrupt(readers));
    for (int i = 0; i < THREADS; i++) {
      SplittableRandom own = random.split();
      Thread.ofPlatform()
          .start(() -> {
            while (true) {
              Account account = accounts.get(own.nextInt(accounts.size()));
              step(store, account, own, tokens.incrementAndGet());
            }
          });
    }
  }

  /** Reads whatever happens to the thread. */
  private static void read(Store store, Account account) {
    while (true) {
      MailboxId inbox = store.mailboxes().find(account.id(), "INBOX").orElseThrow().id();
      store.messages().scan(inbox, 1, 0xffff_ffffL, e -> {});
    }
  }

  private static void interrupt(List<Thread> threads) {
    while (true) {
      threads.forEach(Thread::interrupt);
      LockSupport.parkNanos(3_000_000);
    }
  }

  private static void step(Store store, Account account, SplittableRandom random, long token) {
    try (StagedContent content = SampleMail.stage(store, token)) {
      if (random.nextInt(4) > 0) {
        var targets = List.of(new Delivery.Target(account.id(), "INBOX", account.login()));
        List<String> remote = random.nextBoolean() ? List.of() : List.of("r@example.net");
        Delivery.Result result =
            store
                .queue()
                .deliver(
                    new Delivery(
                        content,
                        "a@example.org",
                        targets,
                        remote,
                        "",
                        1_000_000_000_000L,
                        "s",
                        null));
        for (Delivery.Filed filed : result.filed()) {
          acknowledge(token, filed.mailbox(), filed.uid());
        }
      } else {
        MailboxId sent = store.mailboxes().find(account.id(), "Sent").orElseThrow().id();
        var message = new Messages.NewMessage(content, MessageFlags.NONE, 1_000_000_000_000L);
        long uid = store.messages().append(sent, List.of(message)).uids()[0];
        acknowledge(token, sent, uid);
        store
            .messages()
            .storeFlags(
                sent,
                new long[] {uid},
                new FlagChange(FlagChange.Mode.ADD, MessageFlags.of(SystemFlag.SEEN)),
                OptionalLong.empty());
      }
    }
  }

  private static void acknowledge(long token, MailboxId mailbox, long uid) {
    synchronized (System.out) {
      System.out.println(token + " " + mailbox + " " + uid);
      System.out.flush();
    }
  }

  private static void endWithInput() {
    try {
      while (System.in.read() >= 0) {
        // nothing is told here
      }
    } catch (IOException e) {
      // the parent is gone
    }
    Runtime.getRuntime().halt(1);
  }
}
