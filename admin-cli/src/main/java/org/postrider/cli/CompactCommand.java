package org.postrider.cli;

import java.io.PrintWriter;
import org.postrider.control.ByteSize;
import org.postrider.control.operation.Operation;
import org.postrider.control.operation.StoreCompact;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code postrider compact}. */
@Command(
    name = "compact",
    footer = {
      "For a server that is stopped; it needs as much free disk as the store has. The",
      "old file stays beside the new one, as postrider.mv.db.before-compact, until you",
      "remove it.",
      "",
      "Of a damaged store everything that can be read comes into the new file. One that",
      "is damaged where its newest changes begin does not open: restore a backup, or",
      "give those changes up with --accept-older, which writes to the old file: copy it",
      "before.",
      "",
      "Example:",
      "  postrider --data /srv/mail compact"
    })
final class CompactCommand extends Verb<StoreCompact.Reply> {
  @Option(
      names = "--accept-older",
      description = "Go back to an older state when the newest one cannot be opened.")
  private boolean acceptOlder;

  @Override
  Operation<StoreCompact.Reply> operation() {
    return new StoreCompact(acceptOlder);
  }

  @Override
  int exitCode(StoreCompact.Reply reply) {
    return reply.leftBehind().isEmpty() && reply.violations().isEmpty()
        ? CommandLineProgram.EXIT_DONE
        : CommandLineProgram.EXIT_REFUSED;
  }

  @Override
  void print(StoreCompact.Reply reply, PrintWriter out) {
    if (reply.wentBackTo() != null) {
      out.println("What was changed after " + reply.wentBackTo() + " is lost.");
    }
    reply.leftBehind().forEach(rows -> out.println("left behind, since unreadable: " + rows));
    reply.violations().forEach(out::println);
    out.println(
        "Compacted from "
            + ByteSize.format(reply.bytesBefore())
            + " to "
            + ByteSize.format(reply.bytesAfter())
            + ", "
            + reply.rows()
            + " rows.");
    out.println("The old file is " + reply.old() + "; remove it when all is well.");
  }
}
