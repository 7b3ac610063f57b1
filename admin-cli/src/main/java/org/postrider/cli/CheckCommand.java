package org.postrider.cli;

import java.io.PrintWriter;
import org.postrider.control.ByteSize;
import org.postrider.control.operation.Operation;
import org.postrider.control.operation.StoreCheckRun;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code postrider check}. */
@Command(
    name = "check",
    footer = {
      "Works while mail flows. What is damaged on the disk is named and put aside: who asks for it",
      "hears so, and everything else goes on. Exit codes: 0 all is well, 1 something is not.",
      "",
      "Examples:",
      "  postrider check",
      "  postrider check --quick        without reading the bytes of all messages",
      "  postrider check --repair       mends counters, references and what else can be derived"
    })
final class CheckCommand extends Verb<StoreCheckRun.Reply> {
  @Option(names = "--repair", description = "Mend what can be derived from the rest.")
  private boolean repair;

  @Option(
      names = "--quick",
      description = "Do not compare the bytes of the messages with their checksums.")
  private boolean quick;

  @Override
  Operation<StoreCheckRun.Reply> operation() {
    return new StoreCheckRun(repair, quick);
  }

  @Override
  int exitCode(StoreCheckRun.Reply reply) {
    return reply.allIsWell() ? CommandLineProgram.EXIT_DONE : CommandLineProgram.EXIT_REFUSED;
  }

  @Override
  void print(StoreCheckRun.Reply reply, PrintWriter out) {
    reply.found().forEach(violation -> out.println(violation));
    if (reply.violations() > reply.found().size()) {
      out.println("... and " + (reply.violations() - reply.found().size()) + " more");
    }
    out.println(
        "Checked "
            + reply.messages()
            + " messages"
            + (quick
                ? ""
                : ", " + reply.contents() + " contents, " + ByteSize.format(reply.bytes()))
            + ".");
    if (reply.violations() == 0 && reply.damaged() == 0) {
      out.println("All is well.");
      return;
    }
    out.println(
        reply.violations()
            + " found, "
            + reply.mended()
            + " mended; "
            + reply.damaged()
            + " contents are damaged.");
    if (!repair && reply.violations() > 0) {
      out.println("`postrider check --repair` mends what can be derived.");
    }
    if (reply.damaged() > 0) {
      out.println("What is damaged can only come back from a backup.");
    }
  }
}
