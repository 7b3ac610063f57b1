package org.postrider.imap.thread;

import org.postrider.imap.content.SortFields;
import org.postrider.imap.content.ThreadFields;

/**
 * A message that is to be threaded.
 *
 * @param number what the client calls it
 * @param arrived its internal date, epoch milliseconds
 * @param fields for subject and sent date
 * @param links for identifiers; of no use to ORDEREDSUBJECT
 */
public record ThreadedMessage(long number, long arrived, SortFields fields, ThreadFields links) {
  long sent() {
    return fields.sentDate(arrived);
  }
}
