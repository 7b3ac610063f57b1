package org.postrider.cli;

import java.io.PrintWriter;
import org.postrider.control.ByteSize;
import org.postrider.control.operation.IndexRebuild;
import org.postrider.control.operation.IndexShow;
import org.postrider.control.operation.Operation;
import picocli.CommandLine.Command;

/** {@code postrider index}. */
@Command(
    subcommands = {IndexCommand.Status.class, IndexCommand.Rebuild.class},
    footer = {"", "Example:", "  postrider index status"})
final class IndexCommand extends Group {

  @Command(
      name = "status",
      description = "Show how far the index is, and its size.",
      footer = {"Example:", "  postrider index status --json"})
  static final class Status extends Verb<IndexShow.Reply> {
    @Override
    Operation<IndexShow.Reply> operation() {
      return new IndexShow();
    }

    @Override
    void print(IndexShow.Reply reply, PrintWriter out) {
      String size = ByteSize.format(reply.bytes());
      if (!reply.inUse()) {
        out.println("No server uses it now; " + size + " on the disk.");
      } else if (reply.complete()) {
        out.println("Complete: " + reply.messages() + " messages, " + size + ".");
      } else {
        out.println(
            "Being made: at "
                + reply.position()
                + " of "
                + reply.newest()
                + ", "
                + reply.messages()
                + " messages, "
                + size
                + ".");
      }
    }
  }

  @Command(
      name = "rebuild",
      description = "Make the index anew, while mail flows; searches are slower meanwhile.",
      footer = {"Example:", "  postrider index rebuild"})
  static final class Rebuild extends Verb<IndexRebuild.Reply> {
    @Override
    Operation<IndexRebuild.Reply> operation() {
      return new IndexRebuild();
    }

    @Override
    void print(IndexRebuild.Reply reply, PrintWriter out) {
      out.println(
          reply.running()
              ? "The server makes it anew; `postrider index status` shows how far it is."
              : "Removed; the server makes it anew when it runs.");
    }
  }
}
