package org.postrider.control.operation;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.postrider.storage.DeliveryQueue.State;

/**
 * Mail that waits to be brought out.
 *
 * @param limit most recipients that are told
 */
public record QueueList(QueueFilter filter, int limit) implements Operation<QueueList.Reply> {
  /**
   * A recipient of a message in the queue.
   *
   * @param entry the number of the message in the queue
   * @param sender empty for nobody
   * @param state waiting, leased (somebody tries), failed (a dead letter) or held
   * @param attempts that were begun
   * @param next when it is tried, null when it is not
   * @param reply what the last attempt ended with, or empty
   */
  public record Waiting(
      long entry,
      String sender,
      String recipient,
      long bytes,
      Instant since,
      String state,
      int attempts,
      @Nullable Instant next,
      String reply) {}

  /**
   * The recipients, the oldest first.
   *
   * @param total how many there are
   */
  public record Reply(List<Waiting> recipients, long total) {}

  @Override
  public Reply execute(Administration administration, Progress progress) {
    List<Waiting> shown = new ArrayList<>();
    long[] total = {0};
    filter.forEach(
        administration.store(),
        (entry, recipients) ->
            recipients.forEach(recipient -> {
              total[0]++;
              if (shown.size() < limit) {
                shown.add(
                    new Waiting(
                        entry.id().value(),
                        entry.reversePath(),
                        recipient.address(),
                        entry.size(),
                        Instant.ofEpochMilli(entry.created()),
                        name(recipient.state()),
                        recipient.attempts(),
                        recipient.state() == State.WAITING
                            ? Instant.ofEpochMilli(recipient.nextAttempt())
                            : null,
                        recipient.lastReply()));
              }
            }));
    return new Reply(shown, total[0]);
  }

  /** The name of a state in replies. */
  static String name(State state) {
    return state.name().toLowerCase(Locale.ROOT);
  }
}
