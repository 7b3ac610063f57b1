package org.postrider.control.operation;

import java.time.Instant;
import org.postrider.storage.QueueEvent;

/**
 * What happened to a recipient in the queue, or to all of a message.
 *
 * @param recipient the address, or empty for all
 * @param attempt its number, 0 for what was no attempt
 * @param kind sent, deferred, failed, dead-letter, filed; or what an administrator did
 * @param host the other server, or empty
 * @param tls how the connection was protected, or empty
 * @param reply what the attempt ended with, or what was said
 */
public record QueueEventView(
    Instant at, String recipient, int attempt, String kind, String host, String tls, String reply) {
  static QueueEventView of(QueueEvent event) {
    return new QueueEventView(
        Instant.ofEpochMilli(event.at()),
        event.address(),
        event.attempt(),
        event.kind(),
        event.host(),
        event.tls(),
        event.reply());
  }
}
