package org.postrider.cli;

import java.io.PrintWriter;
import org.postrider.control.operation.ConfigShow;
import org.postrider.control.operation.Operation;
import picocli.CommandLine.Command;

/** {@code postrider config}. */
@Command(
    name = "config",
    footer = {
      "Examples:",
      "  postrider config",
      "  postrider --config postrider.yaml config --json"
    })
final class ConfigCommand extends Verb<ConfigShow.Reply> {
  @Override
  Operation<ConfigShow.Reply> operation() {
    return new ConfigShow();
  }

  @Override
  void print(ConfigShow.Reply reply, PrintWriter out) {
    out.println(
        reply.running()
            ? "The running server's configuration:"
            : "The configuration with which a server would start:");
    Table table = new Table("KEY", "VALUE", "ORIGIN");
    reply.settings().forEach(entry -> table.row(entry.key(), entry.value(), entry.origin()));
    table.print(out, "");
  }
}
