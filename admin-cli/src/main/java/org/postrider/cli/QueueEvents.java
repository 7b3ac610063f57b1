package org.postrider.cli;

import java.io.PrintWriter;
import java.util.List;
import org.postrider.control.operation.QueueEventView;

/** What happened to a message in the queue, for people. */
final class QueueEvents {
  private QueueEvents() {}

  static void print(List<QueueEventView> events, String indent, PrintWriter out) {
    Table table = new Table("WHEN", "WHAT", "TO", "HOST", "TLS", "REPLY");
    for (QueueEventView event : events) {
      table.row(
          Verb.moment(event.at()),
          event.attempt() == 0 ? event.kind() : "no. " + event.attempt() + " " + event.kind(),
          event.recipient().isEmpty() ? "all" : event.recipient(),
          event.host().isEmpty() ? "-" : event.host(),
          event.tls().isEmpty() ? "-" : event.tls(),
          event.reply());
    }
    table.print(out, indent);
  }
}
