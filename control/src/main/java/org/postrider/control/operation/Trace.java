package org.postrider.control.operation;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.postrider.storage.Acceptance;
import org.postrider.storage.Account;
import org.postrider.storage.AuditLog;
import org.postrider.storage.DeliveryQueue.Recipient;
import org.postrider.storage.DeliveryQueue.State;
import org.postrider.storage.MailboxId;
import org.postrider.storage.QueueEntryId;
import org.postrider.storage.QueueEvent;
import org.postrider.storage.Store;

/**
 * Tells the whole life of a message, from the audit log.
 *
 * @param id its Message-ID, its number in the queue, or the id that its client was told in the 250
 * @param since for a Message-ID, how far back the log is read; null for all of it
 */
public record Trace(String id, @Nullable Instant since) implements Operation<Trace.Reply> {
  /** Most messages with one Message-ID. */
  private static final int MESSAGES_MAX = 20;

  /** A report may be about a report. */
  private static final int DEPTH_MAX = 3;

  private static final int ID_MAX = 1000;
  private static final int MILLIS = 1000;
  private static final String FILED = "filed";
  private static final Pattern QUEUE = Pattern.compile("\\d{1,18}");
  private static final Pattern SESSION = Pattern.compile("([0-9a-z]{4,9})-.+-\\d+");

  /** The messages, the newest first. */
  public record Reply(List<Life> messages) {}

  /**
   * The life of a message.
   *
   * @param accepted when
   * @param session the id that the client was told
   * @param client who handed it in: address, name, protocol, TLS; or empty
   * @param account the login of the user who handed it in, or null
   * @param checks what was checked, in words
   * @param messageId without angle brackets, or empty
   * @param sender of the envelope, empty for nobody
   * @param copies where it was filed
   * @param entry its number in the queue, or null
   * @param events what happened to it in the queue, the oldest first
   * @param waiting who is in the queue yet
   * @param reports that its sender got
   */
  public record Life(
      Instant accepted,
      String session,
      String client,
      @Nullable String account,
      String checks,
      String messageId,
      String sender,
      List<Copy> copies,
      @Nullable Long entry,
      List<QueueEventView> events,
      List<Waiting> waiting,
      List<Life> reports) {}

  /**
   * A copy in a folder.
   *
   * @param user login, empty when the account is gone
   * @param folder empty when it is gone
   * @param end what ended it: move, the protocol that expunged it, folder when that was removed; or
   *     empty while it is there
   * @param ended when, or null
   */
  public record Copy(
      String recipient,
      String user,
      String folder,
      long uid,
      String end,
      @Nullable Instant ended) {}

  /**
   * A recipient in the queue.
   *
   * @param next when it is tried, null when it is not
   */
  public record Waiting(String recipient, String state, @Nullable Instant next) {}

  @Override
  public Reply execute(Administration administration, Progress progress) throws Refusal {
    Store store = administration.store();
    List<Life> lives = new ArrayList<>();
    for (Acceptance acceptance : find(store, progress)) {
      lives.add(life(store, acceptance, 0));
    }
    if (lives.isEmpty()) {
      throw new Refusal(
          Refusal.Reason.NOT_FOUND,
          "The audit log knows no message "
              + id
              + (since == null
                  ? ", or not any more (`postrider config` shows storage.audit-retention)."
                  : " since then."));
    }
    return new Reply(lives);
  }

  private List<Acceptance> find(Store store, Progress progress) throws Refusal {
    String what = id.strip();
    if (what.isEmpty() || what.length() > ID_MAX) {
      throw new Refusal(
          Refusal.Reason.BAD_ARGUMENT,
          "Write a Message-ID, a number that `postrider queue list` shows, or the id that the"
              + " server told who sent the message.");
    }
    if (QUEUE.matcher(what).matches()) {
      return store.audit().ofEntry(new QueueEntryId(Long.parseLong(what))).stream().toList();
    }
    AuditLog.Listener listener = (rows, total) -> progress.report("log rows", rows, total);
    return LongWork.run(() -> {
      var session = SESSION.matcher(what);
      if (session.matches()) {
        long began = Long.parseLong(session.group(1), Character.MAX_RADIX) * MILLIS;
        List<Acceptance> found = store.audit().ofSession(what, began, listener);
        if (!found.isEmpty()) {
          return withoutReports(found);
        }
      }
      long from = since == null ? 0 : since.toEpochMilli();
      return store.audit().ofMessageId(what, from, MESSAGES_MAX, listener);
    });
  }

  /** A report has the session of what it reports on, with which it is told. */
  private static List<Acceptance> withoutReports(List<Acceptance> found) {
    List<Acceptance> originals = found.stream().filter(each -> each.reportOn().isEmpty()).toList();
    return originals.isEmpty() ? found : originals;
  }

  private static Life life(Store store, Acceptance acceptance, int depth) {
    List<QueueEvent> events =
        acceptance.entry().map(entry -> store.queue().events(entry)).orElse(List.of());
    List<Life> reports = new ArrayList<>();
    for (QueueEvent event : events) {
      if (event.kind().equals("report") && depth < DEPTH_MAX) {
        store.audit().ofRow(event.audit()).ifPresent(of -> reports.add(life(store, of, depth + 1)));
      }
    }
    List<Acceptance.Copy> copies = new ArrayList<>(acceptance.copies());
    events.stream()
        .filter(event -> event.kind().equals(FILED))
        .forEach(event -> copies.add(filed(event)));
    List<Recipient> waiting =
        acceptance
            .entry()
            .flatMap(store.queue()::find)
            .map(entry -> entry.recipients())
            .orElse(List.of());
    Optional<String> login =
        acceptance.account().flatMap(store.directory()::account).map(Account::login);
    return new Life(
        Instant.ofEpochMilli(acceptance.at()),
        acceptance.session(),
        acceptance.client(),
        login.orElse(null),
        acceptance.checks(),
        acceptance.messageId(),
        acceptance.reversePath(),
        copies.stream().map(copy -> copy(store, copy)).toList(),
        acceptance.entry().map(QueueEntryId::value).orElse(null),
        events.stream()
            .filter(event -> event.audit() == 0 && !event.kind().equals(FILED))
            .map(QueueEventView::of)
            .toList(),
        waiting.stream().map(Trace::waiting).toList(),
        reports);
  }

  /** What waited in the queue and was filed here then. */
  private static Acceptance.Copy filed(QueueEvent event) {
    String[] place = event.reply().split("/", 2);
    return new Acceptance.Copy(
        event.address(), new MailboxId(Long.parseLong(place[0])), Long.parseLong(place[1]));
  }

  private static Copy copy(Store store, Acceptance.Copy copy) {
    Acceptance.Fate fate = store.audit().fate(copy);
    return new Copy(
        copy.recipient(),
        fate.login(),
        fate.mailbox(),
        copy.uid(),
        fate.end(),
        fate.endedAt() == 0 ? null : Instant.ofEpochMilli(fate.endedAt()));
  }

  private static Waiting waiting(Recipient recipient) {
    return new Waiting(
        recipient.address(),
        QueueList.name(recipient.state()),
        recipient.state() == State.WAITING ? Instant.ofEpochMilli(recipient.nextAttempt()) : null);
  }
}
