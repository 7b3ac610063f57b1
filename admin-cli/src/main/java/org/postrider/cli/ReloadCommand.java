package org.postrider.cli;

import java.io.PrintWriter;
import org.postrider.control.operation.Operation;
import org.postrider.control.operation.ServerReload;
import picocli.CommandLine.Command;

/** {@code postrider reload}. */
@Command(
    name = "reload",
    footer = {"Example:", "  postrider reload"})
final class ReloadCommand extends Verb<ServerReload.Reply> {
  @Override
  Operation<ServerReload.Reply> operation() {
    return new ServerReload();
  }

  @Override
  void print(ServerReload.Reply reply, PrintWriter out) {
    out.println("Certificates and limits are taken anew; connections went on.");
    if (!reply.needRestart().isEmpty()) {
      out.println("In effect after a restart only: " + String.join(", ", reply.needRestart()));
    }
  }
}
