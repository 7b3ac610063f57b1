package org.postrider.control.operation;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postrider.storage.Account;
import org.postrider.storage.DeliveryQueue.Entry;
import org.postrider.storage.DeliveryQueue.Recipient;
import org.postrider.storage.DeliveryQueue.State;
import org.postrider.storage.QueueEntryId;
import org.postrider.storage.QueueEvent;
import org.postrider.storage.Store;

/**
 * A message in the queue, with all that was tried.
 *
 * @param entry its number
 */
public record QueueShow(long entry) implements Operation<QueueShow.Reply> {
  /**
   * The message.
   *
   * @param sender of the envelope, empty for nobody
   * @param options parameters of MAIL, as they were given
   * @param session in which it came
   * @param account the login of the user who handed it in, or null
   * @param recipients that are in the queue yet
   * @param events what was tried and done, the oldest first; also of recipients that are gone
   */
  public record Reply(
      long entry,
      String sender,
      String options,
      long bytes,
      Instant since,
      String session,
      @Nullable String account,
      List<Destination> recipients,
      List<QueueEventView> events) {}

  /**
   * A recipient.
   *
   * @param options parameters of RCPT, as they were given
   * @param state waiting, leased (somebody tries), failed (a dead letter) or held
   * @param attempts that were begun
   * @param next when it is tried, null when it is not
   * @param reply what the last attempt ended with, or empty
   * @param route by which it is sent in place of the usual way, or empty
   * @param delayTold whether the sender was told that it waits
   */
  public record Destination(
      int number,
      String recipient,
      String options,
      String state,
      int attempts,
      @Nullable Instant next,
      String reply,
      String route,
      boolean delayTold) {
    private static Destination of(Recipient recipient) {
      return new Destination(
          recipient.number(),
          recipient.address(),
          recipient.parameters(),
          QueueList.name(recipient.state()),
          recipient.attempts(),
          recipient.state() == State.WAITING ? Instant.ofEpochMilli(recipient.nextAttempt()) : null,
          recipient.lastReply(),
          recipient.route(),
          recipient.delayTold());
    }
  }

  @Override
  public Reply execute(Administration administration, Progress progress) throws Refusal {
    Store store = administration.store();
    QueueEntryId id = new QueueEntryId(entry);
    List<QueueEvent> events = store.queue().events(id);
    Entry found =
        store
            .queue()
            .find(id)
            .orElseThrow(() ->
                new Refusal(
                    Refusal.Reason.NOT_FOUND,
                    events.isEmpty()
                        ? "There is no message "
                            + entry
                            + " in the queue: see `postrider queue list`."
                        : "The message "
                            + entry
                            + " has left the queue: `postrider trace "
                            + entry
                            + "` tells its life."));
    return new Reply(
        entry,
        found.reversePath(),
        found.envelopeOptions(),
        found.size(),
        Instant.ofEpochMilli(found.created()),
        found.session(),
        found.account().flatMap(store.directory()::account).map(Account::login).orElse(null),
        found.recipients().stream().map(Destination::of).toList(),
        events.stream().filter(event -> event.audit() == 0).map(QueueEventView::of).toList());
  }
}
