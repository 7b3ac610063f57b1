package org.postrider.cli;

import java.io.PrintWriter;
import org.jspecify.annotations.Nullable;
import org.postrider.control.operation.Operation;
import org.postrider.control.operation.Trace;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code postrider trace}. */
@Command(
    description = {
      "Tell the whole life of a message: who handed it in, what was checked, where it was filed,"
          + " each attempt to bring it out, reports, until it was expunged."
    },
    footer = {
      "The audit log tells it, which is kept for storage.audit-retention. By a",
      "Message-ID the log is read from its end, which takes a second for some",
      "hundred thousand messages.",
      "",
      "Examples:",
      "  postrider trace 1017",
      "  postrider trace t1o7c2-83-1",
      "  postrider trace '<20270301.7@example.net>' --since yesterday"
    })
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class TraceCommand extends Verb<Trace.Reply> {
  @Parameters(
      paramLabel = "ID",
      description =
          "A Message-ID, a number that `queue list` shows, or the id that the server told who sent"
              + " the message.")
  private String id;

  @Option(
      names = "--since",
      paramLabel = "TIME",
      description = "For a Message-ID: '2 hours ago', yesterday, 2027-03-01.")
  private @Nullable String since;

  @Override
  Operation<Trace.Reply> operation() {
    return new Trace(id, since == null ? null : time(since));
  }

  @Override
  void print(Trace.Reply reply, PrintWriter out) {
    String separator = "";
    for (Trace.Life life : reply.messages()) {
      out.print(separator);
      print(life, "", out);
      separator = System.lineSeparator();
    }
  }

  private static void print(Trace.Life life, String indent, PrintWriter out) {
    String user = life.account();
    out.println(
        indent
            + moment(life.accepted())
            + (life.client().isEmpty() ? " made here" : " accepted from " + life.client())
            + (user == null ? "" : ", user " + user));
    line(out, indent, "id " + life.session() + ", sender <" + life.sender() + ">");
    if (!life.messageId().isEmpty()) {
      line(out, indent, "Message-ID <" + life.messageId() + ">");
    }
    if (!life.checks().isEmpty()) {
      line(out, indent, "checked: " + life.checks());
    }
    for (Trace.Copy copy : life.copies()) {
      line(out, indent, "filed for " + copy.recipient() + ": " + fate(copy));
    }
    if (life.entry() != null) {
      line(out, indent, "queued as " + life.entry());
    }
    if (!life.events().isEmpty()) {
      QueueEvents.print(life.events(), indent + "  ", out);
    }
    for (Trace.Waiting waiting : life.waiting()) {
      line(
          out,
          indent,
          "in the queue for "
              + waiting.recipient()
              + ": "
              + waiting.state()
              + (waiting.next() == null ? "" : " until " + moment(waiting.next())));
    }
    for (Trace.Life report : life.reports()) {
      line(out, indent, "reported to its sender:");
      print(report, indent + "    ", out);
    }
  }

  private static void line(PrintWriter out, String indent, String text) {
    out.println(indent + "  " + text);
  }

  private static String fate(Trace.Copy copy) {
    if (copy.folder().isEmpty()) {
      return "UID " + copy.uid() + " of a folder that is gone";
    }
    String place = copy.folder() + " of " + copy.user() + ", UID " + copy.uid();
    if (copy.end().isEmpty()) {
      return place;
    }
    String how =
        switch (copy.end()) {
          case "move" -> "moved to another folder";
          case "folder" -> "gone with its folder";
          default -> "expunged by " + copy.end();
        };
    return place + "; " + how + (copy.ended() == null ? "" : " " + moment(copy.ended()));
  }
}
