package org.postrider.control.operation;

import java.util.Locale;
import org.postrider.storage.DeliveryQueue.Change;

/**
 * Tries mail in the queue at once, holds it, releases it, or takes it out.
 *
 * @param change retry, hold, release or cancel
 */
public record QueueChange(String change, QueueFilter filter)
    implements Operation<QueueChange.Reply> {
  /**
   * @param changed recipients for which that could be done
   * @param left recipients that match, but are in another state, or just tried
   */
  public record Reply(int changed, int left) {}

  @Override
  public Reply execute(Administration administration, Progress progress) throws Refusal {
    Change what;
    try {
      what = Change.valueOf(change.toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      throw new Refusal(
          Refusal.Reason.BAD_ARGUMENT, "There is no '" + change + "' of mail in the queue.");
    }
    int[] counts = new int[2];
    filter.forEach(
        administration.store(),
        (entry, recipients) ->
            recipients.forEach(recipient -> {
              int changed =
                  administration
                      .store()
                      .queue()
                      .change(entry.id(), recipient.number(), what, "control");
              counts[changed > 0 ? 0 : 1]++;
            }));
    if (counts[0] + counts[1] == 0) {
      throw new Refusal(
          Refusal.Reason.NOT_FOUND,
          "No mail in the queue is like that: see `postrider queue list`.");
    }
    return new Reply(counts[0], counts[1]);
  }
}
