package org.postrider.smtp;

import java.util.List;
import org.postrider.storage.Delivery.Target;

/**
 * What came of a message.
 *
 * @param leftOut places that were full, where the others got it all the same
 */
record Receipt(SmtpReply reply, List<Target> leftOut) {
  /** The same for all recipients. */
  Receipt(SmtpReply reply) {
    this(reply, List.of());
  }
}
