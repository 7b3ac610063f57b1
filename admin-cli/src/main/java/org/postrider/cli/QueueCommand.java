package org.postrider.cli;

import java.io.PrintWriter;
import org.jspecify.annotations.Nullable;
import org.postrider.control.ByteSize;
import org.postrider.control.operation.Operation;
import org.postrider.control.operation.QueueChange;
import org.postrider.control.operation.QueueFilter;
import org.postrider.control.operation.QueueList;
import org.postrider.control.operation.QueueShow;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code postrider queue}. */
@Command(
    subcommands = {
      QueueCommand.ListSome.class,
      QueueCommand.Show.class,
      QueueCommand.Retry.class,
      QueueCommand.Hold.class,
      QueueCommand.Release.class,
      QueueCommand.Cancel.class,
      QueueCommand.Bounce.class,
      QueueCommand.Route.class
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

    @Option(
        names = "--since",
        paramLabel = "TIME",
        description = "Queued since: '2 hours ago', yesterday, 2027-03-01 or '2027-03-01 14:30'.")
    private @Nullable String since;

    @Option(names = "--before", paramLabel = "TIME", description = "Queued before that time.")
    private @Nullable String before;

    @Option(
        names = "--error",
        paramLabel = "TEXT",
        description = "With that text in the reply to the last attempt.")
    private @Nullable String error;

    @Option(
        names = "--dead",
        description = "Dead letters: given up, and no sender is there to be told.")
    private boolean dead;

    private QueueFilter filter(Verb<?> verb) {
      return new QueueFilter(
          id,
          sender,
          recipient,
          domain,
          since == null ? null : verb.time(since),
          before == null ? null : verb.time(before),
          error,
          dead);
    }
  }

  @Command(
      name = "list",
      description = "Show the mail that waits to be brought out, the oldest first.",
      footer = {
        "Examples:",
        "  postrider queue list",
        "  postrider queue list --domain example.net --before yesterday",
        "  postrider queue list --error refused",
        "  postrider queue list --dead"
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
      return new QueueList(filter == null ? QueueFilter.ALL : filter.filter(this), limit);
    }

    @Override
    void print(QueueList.Reply reply, PrintWriter out) {
      if (reply.total() == 0) {
        out.println(which == null ? "Nothing waits to be brought out." : "No mail is like that.");
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

  @Command(
      name = "show",
      description = "Show a message in the queue: its envelope, and every attempt so far.",
      footer = {"Example:", "  postrider queue show 1017"})
  static final class Show extends Verb<QueueShow.Reply> {
    @Parameters(paramLabel = "ID", description = "The number that `queue list` shows.")
    private long id;

    @Override
    Operation<QueueShow.Reply> operation() {
      return new QueueShow(id);
    }

    @Override
    void print(QueueShow.Reply reply, PrintWriter out) {
      String user = reply.account();
      out.println("Message  " + reply.entry() + ", " + ByteSize.format(reply.bytes()));
      out.println(("Sender   <" + reply.sender() + "> " + reply.options()).stripTrailing());
      out.println(
          "Queued   "
              + moment(reply.since())
              + ", id "
              + reply.session()
              + (user == null ? "" : ", by " + user));
      for (QueueShow.Destination to : reply.recipients()) {
        out.println(("To       <" + to.recipient() + "> " + to.options()).stripTrailing());
        out.println(
            "         "
                + to.state()
                + (to.next() == null ? "" : " until " + moment(to.next()))
                + (to.route().isEmpty() ? "" : ", by " + to.route())
                + (to.delayTold() ? ", the sender was told of the delay" : ""));
      }
      if (!reply.events().isEmpty()) {
        out.println();
        QueueEvents.print(reply.events(), "", out);
      }
    }
  }

  /** A command that changes what is in the queue; which mail must be said. */
  abstract static class Changing extends Verb<QueueChange.Reply> {
    @ArgGroup(exclusive = false, multiplicity = "1")
    private Filter which;

    abstract String change();

    @Nullable String argument() {
      return null;
    }

    @Override
    Operation<QueueChange.Reply> operation() {
      return new QueueChange(change(), argument(), which.filter(this));
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
      footer = {
        "Examples:",
        "  postrider queue cancel --recipient bob@example.net",
        "  postrider queue cancel --dead"
      })
  static final class Cancel extends Changing {
    @Override
    String change() {
      return "cancel";
    }
  }

  @Command(
      name = "bounce",
      description = {
        "Give mail up now, and tell its senders.",
        "The server that runs does it at once, else the next one that starts. Mail without a"
            + " sender is left as it is."
      },
      footer = {
        "Examples:",
        "  postrider queue bounce --domain exmaple.net",
        "  postrider queue bounce --id 1017 --reason Misspelt"
      })
  static final class Bounce extends Changing {
    @Option(
        names = "--reason",
        paramLabel = "TEXT",
        description = "What the senders read; a line of ASCII.")
    private @Nullable String reason;

    @Override
    String change() {
      return "bounce";
    }

    @Override
    @Nullable String argument() {
      return reason;
    }
  }

  @Command(
      name = "route",
      description = "Send mail by another host, now and until it is out of the queue.",
      footer = {
        "Examples:",
        "  postrider queue route --domain example.net --by relay.example.com:25",
        "  postrider queue route --domain example.net --as-usual"
      })
  static final class Route extends Changing {
    @ArgGroup(multiplicity = "1")
    private Way way;

    /** Which way must be said. */
    static final class Way {
      @Option(names = "--by", paramLabel = "HOST[:PORT]", description = "That host.")
      private @Nullable String host;

      @Option(names = "--as-usual", description = "Routes, smarthost or DNS, as for other mail.")
      private boolean usual;
    }

    @Override
    String change() {
      return "route";
    }

    @Override
    @Nullable String argument() {
      return way.usual ? null : way.host;
    }
  }
}
