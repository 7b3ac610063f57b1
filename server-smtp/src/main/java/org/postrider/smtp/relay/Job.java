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
  /** The same outcome for all. */
  Settling.Result all(Outcome outcome) {
    return new Settling.Result(entry, recipients, Collections.nCopies(recipients.size(), outcome));
  }

  /** The recipients as the other server hears of them. */
  List<Peer.Recipient> addressees() {
    return recipients.stream()
        .map(recipient -> new Peer.Recipient(recipient.address(), recipient.parameters()))
        .toList();
  }
}
