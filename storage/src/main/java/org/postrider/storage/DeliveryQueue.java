package org.postrider.storage;

import static org.postrider.storage.StorageException.Reason.CANNOT;

import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** Filing of incoming mail, and the queue of mail on its way out. */
public final class DeliveryQueue {
  private final Database database;
  private final Writer writer;
  private final Mailboxes mailboxes;
  private final boolean outbox;
  private final Clock clock;
  private volatile Runnable arrival = () -> {};
  private volatile Runnable restart = () -> {};
  private volatile @Nullable Carrier carrier;

  DeliveryQueue(
      Database database, Writer writer, Mailboxes mailboxes, StoreSettings settings, Clock clock) {
    this.database = database;
    this.writer = writer;
    this.mailboxes = mailboxes;
    this.outbox = settings.outbox();
    this.clock = clock;
  }

  /**
   * A content on its way out.
   *
   * @param reversePath empty for {@code <>}
   * @param created epoch milliseconds
   * @param session in which it came, for the audit log
   * @param account that handed it in, if one did
   */
  public record Entry(
      QueueEntryId id,
      ContentId content,
      String reversePath,
      String envelopeOptions,
      long size,
      long created,
      String session,
      Optional<AccountId> account,
      List<Recipient> recipients) {}

  /**
   * A destination of an entry. One that was delivered, or whose failure was reported, is there no
   * more.
   *
   * @param number within the entry
   * @param domain of the address, lower case
   * @param parameters of RCPT, as given
   * @param attempts that were begun
   * @param nextAttempt epoch milliseconds; for a leased one, when the lease ends
   * @param lastReply what the last attempt ended with, after the name of the host if one was
   *     reached; or empty
   * @param delayTold whether the sender was told that it waits
   * @param route {@code host:port} by which an administrator sends it, or empty for the usual way
   * @param verdict why an administrator gives it up, which its next attempt does, or empty
   */
  public record Recipient(
      int number,
      String address,
      String domain,
      String parameters,
      State state,
      int attempts,
      long nextAttempt,
      String lastReply,
      boolean delayTold,
      String route,
      String verdict) {}

  /**
   * Who brings out what is queued. What he takes at once is leased to him by the transaction that
   * queues it.
   */
  public interface Carrier {
    /** Of his leases; another one for each process and start. */
    String owner();

    /** The length of his leases. */
    Duration lease();

    /**
     * Whether he begins at once with a new recipient. Called by the thread that writes, within a
     * transaction: must be quick, and is only a question; the transaction may fail, or be made
     * anew.
     *
     * @param domain of the recipient, lower case
     */
    boolean takes(String domain);

    /**
     * Hands over what he took, when it is durable; called by the thread that queued it. Must not
     * fail: what is lost here is tried again when the lease is over.
     *
     * @param entry with the recipients that he took alone
     */
    void carry(Entry entry);
  }

  /** The state of a recipient. */
  public enum State {
    /** To be tried at its time. */
    WAITING,
    /** Somebody is trying. */
    LEASED,
    /** Given up, and there is nobody to be told. */
    FAILED,
    /** Held back by the administrator. */
    HELD
  }

  /**
   * What becomes of a recipient after an attempt.
   *
   * @param state WAITING, FAILED, or null when it leaves the queue
   * @param nextAttempt epoch milliseconds, when it waits
   * @param reply what the attempt ended with
   * @param event for the audit log, for instance {@code sent}
   * @param peer with whom the attempt was made
   */
  public record Settlement(
      QueueEntryId entry,
      int recipient,
      @Nullable State state,
      long nextAttempt,
      String reply,
      boolean delayTold,
      String event,
      Peer peer) {}

  /**
   * Another server.
   *
   * @param host its name, or empty when none was reached
   * @param tls how the connection was protected, or empty when it was not
   */
  public record Peer(String host, String tls) {
    /** No server was reached, or it is not known which. */
    public static final Peer NONE = new Peer("", "");
  }

  /**
   * Files a message for all local targets and queues it for all remote ones: all or nothing,
   * durable on return.
   *
   * @throws StorageException OVER_QUOTA, NOT_FOUND (an account was removed meanwhile), UNAVAILABLE
   */
  public Delivery.Result deliver(Delivery delivery) {
    return deliver(List.of(delivery)).getFirst();
  }

  /**
   * The same for several messages, each with a content of its own: all of them or none. What an
   * account hands in and is queued is shown in its Outbox, where that is wanted: once, as the first
   * of them.
   *
   * @return a result for each
   * @throws StorageException as {@link #deliver(Delivery)}
   */
  public List<Delivery.Result> deliver(List<Delivery> deliveries) {
    database.space().requireForGrowth();
    long octets = deliveries.stream().mapToLong(d -> d.content().waitingOctets()).sum();
    List<Delivered> delivered =
        writer.submit(
            octets,
            tx -> {
              Outbox copies = outbox ? Outbox.open(tx, mailboxes, deliveries) : null;
              List<Delivered> done = new ArrayList<>(deliveries.size());
              for (Delivery delivery : deliveries) {
                done.add(deliver(tx, delivery, copies));
              }
              return done;
            });
    for (int i = 0; i < delivered.size(); i++) {
      if (delivered.get(i).content() != 0) {
        deliveries.get(i).content().taken(delivered.get(i).content());
      }
    }
    for (int i = 0; i < delivered.size(); i++) {
      carry(delivered.get(i).queued(), deliveries.get(i).content());
    }
    if (delivered.stream().anyMatch(Delivered::waits)) {
      arrival.run();
    }
    return delivered.stream().map(Delivered::result).toList();
  }

  private void carry(QueueRows.@Nullable Queued queued, StagedContent content) {
    Entry taken = queued == null ? null : queued.taken();
    Carrier by = carrier;
    if (taken != null && by != null) {
      content.keepFresh();
      by.carry(taken);
    }
  }

  /**
   * @param content its id, or 0 when nobody took it
   */
  private record Delivered(
      Delivery.Result result, QueueRows.@Nullable Queued queued, long content) {
    /** Whether a recipient is queued that nobody took at once. */
    boolean waits() {
      return queued != null && queued.waits();
    }
  }

  private Delivered deliver(Transaction tx, Delivery delivery, @Nullable Outbox copies)
      throws SQLException {
    long now = clock.millis();
    LocalFiling filing = LocalFiling.prepare(tx, delivery.local(), delivery.content().size());
    List<Delivery.Target> leftOut = new ArrayList<>();
    List<Delivery.Remote> remote = new ArrayList<>(delivery.remote());
    for (Delivery.Target full : filing.full()) {
      if (full.whenFull() == Delivery.WhenFull.QUEUE) {
        remote.add(new Delivery.Remote(full.recipient()));
      } else {
        leftOut.add(full);
      }
    }
    boolean copied = copies != null && copies.isEmpty();
    long references = filing.copies() + (remote.isEmpty() ? 0 : copied ? 2 : 1);
    if (references == 0) {
      if (leftOut.isEmpty()) {
        throw new StorageException(CANNOT, "A delivery has one recipient at least");
      }
      return new Delivered(new Delivery.Result(List.of(), null, List.copyOf(leftOut)), null, 0);
    }
    long content = ContentRows.take(tx, delivery.content(), references, now);
    List<Delivery.Filed> filed = filing.file(content, delivery.internalDate(), now);
    QueueRows.Queued queued =
        remote.isEmpty() ? null : QueueRows.insert(tx, content, delivery, remote, now, carrier);
    QueueEntryId entry = queued == null ? null : queued.id();
    if (copies != null && entry != null) {
      copies.show(entry, content, delivery, now);
    }
    AcceptanceText.insert(tx, now, delivery, filed, entry);
    return new Delivered(new Delivery.Result(filed, entry, List.copyOf(leftOut)), queued, content);
  }

  /** Entries by age, the oldest first, at most {@code limit} after the given id. */
  public List<Entry> list(QueueEntryId after, int limit) {
    return database.withHandle(handle -> QueueRows.list(handle, after.value(), limit));
  }

  public Optional<Entry> find(QueueEntryId id) {
    return database.withHandle(handle -> QueueRows.find(handle, id.value())).stream().findFirst();
  }

  /** What happened to the entry so far, or before it left the queue, the oldest first. */
  public List<QueueEvent> events(QueueEntryId id) {
    return database.withHandle(handle -> QueueEventRows.of(handle, id.value()));
  }

  /** Who takes at once what is queued, if he can; null for nobody. */
  public void carrier(@Nullable Carrier by) {
    carrier = by;
  }

  /** Called after something was queued that nobody took, by the thread that queued it. */
  public void onArrival(Runnable listener) {
    arrival = listener;
  }

  /** Called after somebody wanted something tried now, by the thread that wanted it. */
  public void onRestart(Runnable listener) {
    restart = listener;
  }

  /**
   * What was started.
   *
   * @param entries messages that waited
   * @param underWay messages that were being tried already
   */
  public record Started(int entries, int underWay) {}

  /**
   * Starts what waits for a domain; what its sender wants held stays so.
   *
   * @param below whether also what waits for domains below it
   */
  public Started start(String domain, boolean below) {
    String name = domain.toLowerCase(Locale.ROOT);
    Started started =
        writer.submit(0, tx -> QueueTransitions.start(tx, clock.millis(), name, below));
    restart.run();
    return started;
  }

  /**
   * Leases recipients whose time has come, or whose lease was not ended by who had it: nobody else
   * gets them until the lease ends.
   *
   * @param owner of the lease, another one for each process and start
   * @param length of the lease
   * @param limit most recipients
   * @param otherThan domains and ways ({@code host:port}) that are left out; who is given up by an
   *     administrator waits for none
   * @return the entries with the leased recipients alone
   */
  public List<Entry> lease(String owner, Duration length, int limit, Collection<String> otherThan) {
    return lease(owner, length, limit, false, otherThan);
  }

  /** As {@link #lease}, but of those domains alone. */
  public List<Entry> leaseOf(String owner, Duration length, int limit, Collection<String> domains) {
    return lease(owner, length, limit, true, domains);
  }

  private List<Entry> lease(
      String owner, Duration length, int limit, boolean only, Collection<String> domains) {
    long now = clock.millis();
    List<QueueRows.Due> due =
        database.read(connection -> QueueRows.due(connection, now, limit, only, domains));
    if (due.isEmpty()) {
      return List.of();
    }
    long until = now + length.toMillis();
    List<Boolean> leased = writer.submit(0, tx -> QueueTransitions.lease(tx, owner, until, due));
    Map<Long, List<Recipient>> recipients = new LinkedHashMap<>();
    for (int i = 0; i < due.size(); i++) {
      if (leased.get(i)) {
        recipients
            .computeIfAbsent(due.get(i).entry(), entry -> new ArrayList<>())
            .add(due.get(i).leased(until));
      }
    }
    return database.withHandle(handle -> QueueRows.entries(handle, recipients));
  }

  /**
   * Ends the leases that a process which had the store before left behind. Where several processes
   * share the store nothing is known of the others', and theirs end by themselves.
   */
  public void endLeasesOfOthers(String owner) {
    if (database.dialect().exclusive()) {
      writer.submit(0, tx -> QueueTransitions.endLeasesOfOthers(tx, clock.millis(), owner));
    }
  }

  /** Durably notes what attempts ended with. An entry without recipients is gone with it. */
  public void settle(String owner, List<Settlement> settlements) {
    writer.submit(0, tx -> QueueTransitions.settle(tx, clock.millis(), owner, settlements));
  }

  /**
   * Files the message of a leased recipient in mailboxes here, and takes the recipient out of the
   * queue, in one step that is durable on return.
   *
   * @param elsewhere addresses in other domains that the recipient leads to by now; they wait in
   *     the queue in its place
   * @return where the copies are; empty when the lease is somebody else's by now
   * @throws StorageException OVER_QUOTA, NOT_FOUND (an account was removed meanwhile), UNAVAILABLE;
   *     the lease goes on then
   */
  public List<Delivery.Filed> file(
      String owner,
      QueueEntryId entry,
      int recipient,
      List<Delivery.Target> targets,
      List<Delivery.Remote> elsewhere) {
    database.space().requireForGrowth();
    List<Delivery.Filed> filed =
        writer.submit(
            0,
            tx ->
                QueueTransitions.file(
                    tx, clock.millis(), owner, entry, recipient, targets, elsewhere));
    if (!elsewhere.isEmpty()) {
      arrival.run();
    }
    return filed;
  }

  /** When the next recipient is due, epoch milliseconds; empty when none waits. */
  public OptionalLong nextDue() {
    return database.read(QueueRows::nextDue);
  }

  /**
   * Changes recipients that nobody is trying now.
   *
   * @param recipient its number, or -1 for all of the entry
   * @param argument what the change asks for, or empty; at most 300 characters
   * @param who asks, for the audit log
   * @return how many were changed
   */
  public int change(QueueEntryId entry, int recipient, Change change, String argument, String who) {
    int changed =
        writer.submit(
            0,
            tx ->
                QueueTransitions.change(
                    tx, clock.millis(), entry, recipient, change, argument, who));
    restart.run();
    return changed;
  }

  /** What is changed without any argument. */
  public int change(QueueEntryId entry, int recipient, Change change, String who) {
    return change(entry, recipient, change, "", who);
  }

  /** What an administrator does with recipients in the queue. */
  public enum Change {
    /** Try now. */
    RETRY,
    /** Do not try until released. */
    HOLD,
    /** Try again what was held. */
    RELEASE,
    /** Take out of the queue, and tell nobody. */
    CANCEL,
    /**
     * Give up at once and tell the sender, with the argument as the reason. Without a sender it is
     * left as it is.
     */
    BOUNCE,
    /** Send by the {@code host:port} of the argument; by the usual way when it is empty. */
    ROUTE
  }
}
