package org.postrider.cli;

import java.io.PrintWriter;
import org.jspecify.annotations.Nullable;
import org.postrider.control.ByteSize;
import org.postrider.control.operation.Operation;
import org.postrider.control.operation.QueueChange;
import org.postrider.control.operation.QueueFilter;
import org.postrider.control.operation.QueueList;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code postrider queue}. */
@Command(
    subcommands = {
      QueueCommand.ListSome.class,
      QueueCommand.Retry.class,
      QueueCommand.Hold.class,
      QueueCommand.Release.class,
      QueueCommand.Cancel.class
    },
    footer = {"", "Example:", "  postrider queue list"})
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class QueueCommand extends Group {

  /** Options that say which mail is meant. */
  static class Filter {
    @Option(names = "--id", paramLabel = "N", description = "The message of that number.")
    private @Nullable Long id;

    @Option(names = "--sender", paramLabel = "ADDRESS", description = "From there; <> for reports.")
    private @Nullable String sender;

    @Option(names = "--recipient", paramLabel = "ADDRESS", description = "To that address.")
    private @Nullable String recipient;

    @Option(names = "--domain", paramLabel = "DOMAIN", description = "To that domain.")
    private @Nullable String domain;

    QueueFilter filter() {
      return new QueueFilter(id, sender, recipient, domain);
    }
  }

  @Command(
      name = "list",
      description = "Show the mail that waits to be brought out, the oldest first.",
      footer = {
        "Examples:",
        "  postrider queue list",
        "  postrider queue list --domain example.net"
      })
  static final class ListSome extends Verb<QueueList.Reply> {
    @ArgGroup(exclusive = false)
    private @Nullable Filter which;

    @Option(
        names = "--limit",
        defaultValue = "100",
        description = "Most recipients shown: ${DEFAULT-VALUE}.")
    private int limit;

    @Override
    Operation<QueueList.Reply> operation() {
      Filter filter = which;
      return new QueueList(
          filter == null ? new QueueFilter(null, null, null, null) : filter.filter(), limit);
    }

    @Override
    void print(QueueList.Reply reply, PrintWriter out) {
      if (reply.total() == 0) {
        out.println("Nothing waits to be brought out.");
        return;
      }
      Table table =
          new Table("ID", "SINCE", "SIZE", "FROM", "TO", "STATE", "TRIED", "NEXT", "LAST REPLY");
      reply
          .recipients()
          .forEach(waiting ->
              table.row(
                  waiting.entry(),
                  moment(waiting.since()),
                  ByteSize.format(waiting.bytes()),
                  waiting.sender().isEmpty() ? "<>" : waiting.sender(),
                  waiting.recipient(),
                  waiting.state(),
                  waiting.attempts(),
                  waiting.next() == null ? "-" : moment(waiting.next()),
                  waiting.reply()));
      table.print(out, "");
      long more = reply.total() - reply.recipients().size();
      if (more > 0) {
        out.println(more + " more are not shown (--limit).");
      }
    }
  }

  /** A command that changes what is in the queue; which mail must be said. */
  abstract static class Changing extends Verb<QueueChange.Reply> {
    @ArgGroup(exclusive = false, multiplicity = "1")
    private Filter which;

    abstract String change();

    @Override
    Operation<QueueChange.Reply> operation() {
      return new QueueChange(change(), which.filter());
    }

    @Override
    void print(QueueChange.Reply reply, PrintWriter out) {
      out.println(
          reply.changed()
              + (reply.changed() == 1 ? " recipient" : " recipients")
              + " changed"
              + (reply.left() == 0
                  ? "."
                  : ", " + reply.left() + " left as they are: in another state, or just tried."));
    }
  }

  @Command(
      name = "retry",
      description = "Try mail again now, also what was given up as a dead letter.",
      footer = {"Example:", "  postrider queue retry --domain example.net"})
  static final class Retry extends Changing {
    @Override
    String change() {
      return "retry";
    }
  }

  @Command(
      name = "hold",
      description = "Keep mail in the queue until it is released.",
      footer = {"Example:", "  postrider queue hold --sender alice@example.org"})
  static final class Hold extends Changing {
    @Override
    String change() {
      return "hold";
    }
  }

  @Command(
      name = "release",
      description = "Try mail again that was held.",
      footer = {"Example:", "  postrider queue release --id 1017"})
  static final class Release extends Changing {
    @Override
    String change() {
      return "release";
    }
  }

  @Command(
      name = "cancel",
      description = "Take mail out of the queue. Nobody is told.",
      footer = {"Example:", "  postrider queue cancel --recipient bob@example.net"})
  static final class Cancel extends Changing {
    @Override
    String change() {
      return "cancel";
    }
  }
}
