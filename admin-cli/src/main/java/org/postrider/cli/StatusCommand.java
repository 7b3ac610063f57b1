package org.postrider.cli;

import java.io.PrintWriter;
import org.jspecify.annotations.Nullable;
import org.postrider.control.ByteSize;
import org.postrider.control.ControlClient;
import org.postrider.control.operation.LastBackup;
import org.postrider.control.operation.Operation;
import org.postrider.control.operation.Progress;
import org.postrider.control.operation.Refusal;
import org.postrider.control.operation.RunningServer;
import org.postrider.control.operation.StatusShow;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code postrider status}. */
@Command(
    name = "status",
    footer = {
      "Examples:",
      "  postrider status",
      "  postrider --data /srv/mail status --json",
      "  postrider status --quiet || echo 'it does not run'"
    })
final class StatusCommand extends Verb<StatusShow.Reply> {
  @Option(
      names = "--quiet",
      description =
          "Print nothing; the exit code is 0 when a server runs, answers and its store works, else"
              + " 1.")
  private boolean quiet;

  @Override
  public Integer call() throws Refusal {
    if (!quiet) {
      return super.call();
    }
    ControlClient client = client();
    StatusShow.@Nullable Reply reply =
        client.isServerRunning() ? client.execute(operation(), Progress.NONE) : null;
    return reply != null && reply.running() && !reply.failed()
        ? CommandLineProgram.EXIT_DONE
        : CommandLineProgram.EXIT_REFUSED;
  }

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
    if (reply.problem() != null) {
      out.println(reply.problem() + ".");
    }
    StatusShow.Figures store = reply.store();
    if (store == null) {
      return;
    }
    out.println(
        count(store.users(), "user")
            + ", "
            + count(store.folders(), "folder")
            + ", "
            + count(store.messages(), "message")
            + ", "
            + store.queued()
            + " in the queue; "
            + ByteSize.format(store.bytes())
            + " on disk"
            + (reply.freeBytes() < 0 ? "" : ", " + ByteSize.format(reply.freeBytes()) + " free"));
    print(reply.scrub(), out);
    print(reply.lastBackup(), out);
  }

  private static void print(@Nullable LastBackup backup, PrintWriter out) {
    out.println(
        backup == null
            ? "Not backed up yet: `postrider backup DIR` does it."
            : "Last backup "
                + backup.snapshot()
                + " in "
                + backup.directory()
                + (backup.verified() == null
                    ? ", not verified"
                    : ", verified " + backup.verified()));
  }

  private static void print(StatusShow.Scrub scrub, PrintWriter out) {
    StringBuilder line = new StringBuilder();
    if (scrub.began() != null) {
      line.append("all messages are being read again: ")
          .append(scrub.contents())
          .append(" (")
          .append(ByteSize.format(scrub.bytes()))
          .append(") since ")
          .append(scrub.began());
    }
    if (scrub.finished() != null) {
      line.append(line.isEmpty() ? "" : "; ").append("all were read by ").append(scrub.finished());
    }
    if (!line.isEmpty()) {
      out.println("Scrub: " + line);
    }
    if (scrub.damaged() > 0) {
      out.println(
          scrub.damaged() + " contents are DAMAGED on the disk: `postrider check` names them.");
    }
    if (!scrub.reusesSpace()) {
      out.println("Free space is not gathered until `postrider check` finds the store sound.");
    }
  }

  private static String count(long number, String noun) {
    return number + " " + noun + (number == 1 ? "" : "s");
  }
}
