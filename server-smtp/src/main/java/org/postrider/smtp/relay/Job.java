package org.postrider.smtp.relay;

import java.util.Collections;
import java.util.List;
import org.postrider.storage.DeliveryQueue.Entry;
import org.postrider.storage.DeliveryQueue.Recipient;

/**
 * One transaction to be made: recipients of one entry with one destination.
 *
 * @param leasedUntil epoch milliseconds; after that somebody else may make it
 */
record Job(Entry entry, List<Recipient> recipients, long leasedUntil) {
  private static final String PRIORITY = "MT-PRIORITY=";

  /** The same outcome for all. */
  Settling.Result all(Outcome outcome) {
    return new Settling.Result(entry, recipients, Collections.nCopies(recipients.size(), outcome));
  }

  /** -9 to 9, 0 when the sender named none (RFC 6710). */
  int priority() {
    for (String option : entry.envelopeOptions().split(" ", -1)) {
      if (option.startsWith(PRIORITY)) {
        return Integer.parseInt(option.substring(PRIORITY.length()));
      }
    }
    return 0;
  }

  /** The same for some of the recipients. */
  Job part(int from, int to) {
    return new Job(entry, recipients.subList(from, to), leasedUntil);
  }

  /** The recipients as the other server hears of them. */
  List<Peer.Recipient> addressees() {
    return recipients.stream()
        .map(recipient -> new Peer.Recipient(recipient.address(), recipient.parameters()))
        .toList();
  }
}
