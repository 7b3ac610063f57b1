package org.postrider.server;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.postrider.auth.AuthSettings;
import org.postrider.auth.StoredCredential;
import org.postrider.control.operation.Service;
import org.postrider.storage.Store;
import org.postrider.storage.StoreCheck;
import org.postrider.storage.StoreSettings;
import org.postrider.testkit.Outcome;

/**
 * Kills a real server again and again under the load of clients of SMTP, IMAP and POP3, and while
 * it brings mail out. After each kill a new one serves the same data, and everything must be there
 * that was acknowledged to any client, octet by octet and under its UID; a change that was under
 * way is there whole or not at all.
 *
 * <p>The seed determines what the clients do and after how many acknowledgements the server dies.
 */
public final class KillRun {
  private static final int SENDERS = 3;
  private static final int READERS = 2;
  private static final int ACKNOWLEDGED_MAX = 80;
  private static final long PATIENCE_SECONDS = 60;
  private static final String PASSWORD = "secret";
  private static final String SENDER = "sender@example.org";
  private static final String KEEPER = "keeper@example.org";
  private static final String TAKER = "taker@example.org";

  private final ServerLaunch launch;
  private final Load load;
  private final Path data;
  private final Path logs;
  private final SplittableRandom random;
  private final KillLog log = new KillLog();
  private final KillMailer mailer = new KillMailer(KEEPER, TAKER, PASSWORD, log);
  private final List<KillReader> readers = new ArrayList<>();
  private final KillPeer peer = new KillPeer(log);
  private final KillSender sender = new KillSender(SENDER, PASSWORD, peer, log);

  /** What the server does when it is killed. */
  public enum Load {
    /** All at once. */
    MIXED,
    /** It takes mail of its users, and brings it out. */
    OUTBOUND
  }

  private KillRun(ServerLaunch launch, Load load, Path directory, long seed) throws IOException {
    this.launch = launch;
    this.load = load;
    this.data = directory.resolve("data");
    this.logs = Files.createDirectories(directory.resolve("logs"));
    this.random = new SplittableRandom(seed);
  }

  /**
   * Kills that often, unless something is wrong before.
   *
   * @param directory empty; it is left as it is at the end
   */
  public static Outcome run(ServerLaunch launch, Load load, int kills, long seed, Path directory)
      throws IOException, InterruptedException {
    KillRun run = new KillRun(launch, load, directory, seed);
    try (KillPeer peer = run.peer) {
      run.prepare();
      int done = run.kills(kills);
      return Outcome.of(done, run.log.acknowledged(), run.log.problems(), seed)
          .withDuplicates(peer.duplicates());
    }
  }

  private int kills(int kills) throws IOException, InterruptedException {
    int done = 0;
    while (done < kills && log.problems().isEmpty()) {
      try (KilledServer server = start(done)) {
        if (done > 0) {
          verify(server);
        } else {
          for (KillReader reader : readers) {
            reader.prepare(server.address(Service.IMAP));
          }
        }
        killUnderLoad(server);
        done++;
      }
    }
    try (KilledServer server = start(done)) {
      verify(server);
      sender.awaitAll(server.address(Service.IMAP));
      if (!server.stop()) {
        log.problem("failed: the server does not stop within 10 seconds");
      }
    }
    try (Store store = open()) {
      StoreCheck.run(store).forEach(violation -> log.problem("corrupt: " + violation));
    }
    peer.verify();
    return done;
  }

  private Store open() {
    return Store.open(StoreSettings.inDirectory(data), Clock.systemUTC());
  }

  private void prepare() {
    String credential = StoredCredential.ofPassword(PASSWORD, AuthSettings.ITERATIONS_MIN).text();
    try (Store store = open()) {
      store.directory().createAccount(KEEPER, credential);
      store.directory().createAccount(TAKER, credential);
      store.directory().createAccount(SENDER, credential);
      for (int i = 0; i < READERS; i++) {
        String login = "reader" + i + "@example.org";
        store.directory().createAccount(login, credential);
        readers.add(new KillReader(login, PASSWORD, log));
      }
    }
  }

  private KilledServer start(int number) throws IOException {
    Map<String, String> settings =
        Map.of("POSTRIDER_QUEUE_SEND", "on", "POSTRIDER_QUEUE_ROUTES", peer.routes());
    return new KilledServer(launch, data, logs.resolve("server" + number + ".log"), settings);
  }

  private interface Client {
    void run() throws IOException;
  }

  private Thread client(Client client) {
    return Thread.ofVirtual()
        .start(() -> {
          try {
            client.run();
          } catch (IOException e) {
            if (!log.isKilled()) {
              log.problem("failed: a client: " + e);
            }
          } catch (RuntimeException e) {
            log.problem("failed: a client: " + e);
          }
        });
  }

  private void killUnderLoad(KilledServer server) throws InterruptedException {
    log.begin(1 + random.nextInt(ACKNOWLEDGED_MAX));
    List<Thread> clients = new ArrayList<>();
    for (int i = 0; i < SENDERS; i++) {
      SplittableRandom own = random.split();
      clients.add(client(() -> sender.send(server.address(Service.SUBMISSION), own)));
    }
    if (load == Load.MIXED) {
      addOthers(server, clients);
    }
    if (!log.untilKill().await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
      log.problem("failed: the server stands still");
    }
    log.killed();
    server.kill();
    for (Thread client : clients) {
      if (!client.join(Duration.ofSeconds(PATIENCE_SECONDS))) {
        log.problem("failed: a client is stuck");
      }
    }
  }

  private void addOthers(KilledServer server, List<Thread> clients) {
    InetSocketAddress smtp = server.address(Service.SMTP);
    InetSocketAddress imap = server.address(Service.IMAP);
    for (int i = 0; i < SENDERS; i++) {
      SplittableRandom own = random.split();
      clients.add(client(() -> mailer.send(smtp, own)));
    }
    for (KillReader reader : readers) {
      SplittableRandom own = random.split();
      clients.add(client(() -> reader.work(imap, own)));
    }
    clients.add(client(() -> mailer.take(server.address(Service.POP3))));
  }

  private void verify(KilledServer server) throws IOException {
    InetSocketAddress imap = server.address(Service.IMAP);
    mailer.verify(inbox(imap, KEEPER), inbox(imap, TAKER));
    for (KillReader reader : readers) {
      reader.verify(imap);
    }
  }

  private Set<Integer> inbox(InetSocketAddress imap, String login) throws IOException {
    try (ProofClient client = new ProofClient(imap)) {
      client.expect("* OK");
      client.send("a LOGIN " + login + " " + PASSWORD, "a OK", "a NO", "a BAD");
      return KillMailbox.read(client, "INBOX", log).messages().keySet();
    }
  }
}
