package org.postrider.cli;

import java.io.PrintWriter;
import org.postrider.control.ByteSize;
import org.postrider.control.operation.Operation;
import org.postrider.control.operation.RunningServer;
import org.postrider.control.operation.StatusShow;
import picocli.CommandLine.Command;

/** {@code postrider status}. */
@Command(
    name = "status",
    footer = {"Examples:", "  postrider status", "  postrider --data /srv/mail status --json"})
final class StatusCommand extends Verb<StatusShow.Reply> {
  @Override
  Operation<StatusShow.Reply> operation() {
    return new StatusShow();
  }

  @Override
  void print(StatusShow.Reply reply, PrintWriter out) {
    out.println("Postrider " + reply.version() + ", data in " + reply.data());
    if (reply.running()) {
      out.println(
          "Running since " + reply.started() + ", heap " + ByteSize.format(reply.heapBytes()));
      Table ports = new Table("SERVICE", "ADDRESS", "CONNECTIONS");
      for (RunningServer.ServedPort port : reply.ports()) {
        ports.row(port.service(), port.address(), port.connections());
      }
      ports.print(out, "  ");
    } else {
      out.println("Not running: `postrider serve` starts the server.");
    }
    StatusShow.Figures store = reply.store();
    out.println(
        store.users()
            + " users, "
            + store.folders()
            + " folders, "
            + store.messages()
            + " messages, "
            + store.queued()
            + " in the queue; "
            + ByteSize.format(store.bytes())
            + " on disk");
  }
}
