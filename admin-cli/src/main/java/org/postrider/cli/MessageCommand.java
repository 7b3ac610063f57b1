package org.postrider.cli;

import java.io.PrintWriter;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postrider.control.ByteSize;
import org.postrider.control.operation.MessageList;
import org.postrider.control.operation.MessageRestore;
import org.postrider.control.operation.MessageView;
import org.postrider.control.operation.Operation;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code postrider message}. */
@Command(
    subcommands = {MessageCommand.ListSome.class, MessageCommand.Restore.class},
    footer = {"", "Example:", "  postrider message list alice@example.org --deleted"})
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class MessageCommand extends Group {
  private static final String USER = "The user's address.";
  private static final String FOLDER = "The folder: ${DEFAULT-VALUE} if none is named.";
  private static final String SINCE =
      "Since when: '2 hours ago', yesterday, 2027-03-01 or '2027-03-01 14:30'.";
  private static final String INBOX = "INBOX";

  @Command(
      name = "list",
      description = "Show a folder's messages, or those that can be restored to it.",
      footer = {
        "Examples:",
        "  postrider message list alice@example.org",
        "  postrider message list alice@example.org --folder Sent --deleted",
        "  postrider message list alice@example.org --deleted-since yesterday"
      })
  static final class ListSome extends Verb<MessageList.Reply> {
    @Parameters(paramLabel = "USER", description = USER)
    private String user;

    @Option(names = "--folder", defaultValue = INBOX, description = FOLDER)
    private String folder;

    @Option(names = "--deleted", description = "Those that were expunged and are kept yet.")
    private boolean deleted;

    @Option(names = "--deleted-since", paramLabel = "TIME", description = SINCE)
    private @Nullable String deletedSince;

    @Option(
        names = "--limit",
        defaultValue = "100",
        description = "Most messages shown, the last ones: ${DEFAULT-VALUE}; up to 10000.")
    private int limit;

    @Override
    Operation<MessageList.Reply> operation() {
      @Nullable Instant since = deletedSince == null ? null : time(deletedSince);
      return new MessageList(user, folder, since == null && deleted ? Instant.EPOCH : since, limit);
    }

    @Override
    void print(MessageList.Reply reply, PrintWriter out) {
      boolean gone = deleted || deletedSince != null;
      Table table =
          gone
              ? new Table("UID", "DELETED", "BY", "SIZE", "FROM", "SUBJECT")
              : new Table("UID", "RECEIVED", "FLAGS", "SIZE", "FROM", "SUBJECT");
      for (MessageView message : reply.messages()) {
        table.row(
            message.uid(),
            moment(message.deleted() == null ? message.received() : message.deleted()),
            message.deletedBy() == null ? String.join(" ", message.flags()) : message.deletedBy(),
            ByteSize.format(message.bytes()),
            message.from(),
            message.subject());
      }
      if (!table.isEmpty()) {
        table.print(out, "");
      }
      long more = reply.total() - reply.messages().size();
      out.println(
          reply.total()
              + (gone ? " deleted messages can be restored to " : " messages in ")
              + reply.folder()
              + ", "
              + ByteSize.format(reply.bytes())
              + (more > 0 ? "; " + more + " of them are not shown (--limit)." : "."));
    }
  }

  @Command(
      name = "restore",
      description = {
        "Restore messages that were expunged, with their flags and dates.",
        "They get new UIDs, count for the quota again, and are not marked as deleted. To repeat"
            + " the command restores nothing twice."
      },
      footer = {
        "Examples:",
        "  postrider message restore alice@example.org --all --dry-run",
        "  postrider message restore alice@example.org --deleted-since yesterday",
        "  postrider message restore alice@example.org --uid 7,8 --to Restored"
      })
  static final class Restore extends Verb<MessageRestore.Reply> {
    @Parameters(paramLabel = "USER", description = USER)
    private String user;

    @Option(names = "--folder", defaultValue = INBOX, description = FOLDER)
    private String folder;

    @ArgGroup(multiplicity = "1")
    private Which which;

    @Option(
        names = "--to",
        paramLabel = "FOLDER",
        description = "Where they go: the folder they were in if none is named.")
    private @Nullable String to;

    @Option(names = "--dry-run", description = "Only say what would be restored.")
    private boolean dryRun;

    /** What is to be restored must be said. */
    static final class Which {
      @Option(names = "--deleted-since", paramLabel = "TIME", description = SINCE)
      private @Nullable String deletedSince;

      @Option(
          names = "--uid",
          paramLabel = "UID",
          split = ",",
          description = "Those, by the UIDs that `message list --deleted` shows.")
      private List<Long> uids = List.of();

      @Option(names = "--all", description = "All that are kept yet.")
      private boolean all;
    }

    @Override
    Operation<MessageRestore.Reply> operation() {
      String since = which.deletedSince;
      Instant from = which.all || since == null ? Instant.EPOCH : time(since);
      return new MessageRestore(user, folder, from, which.uids, to, dryRun);
    }

    @Override
    void print(MessageRestore.Reply reply, PrintWriter out) {
      out.println(
          (reply.dryRun() ? "Would restore " : "Restored ")
              + reply.messages()
              + " messages ("
              + ByteSize.format(reply.bytes())
              + ") to "
              + reply.to()
              + " of "
              + reply.login()
              + ".");
      if (!reply.notHeld().isEmpty()) {
        out.println("Not among those that can be restored: " + reply.notHeld() + ".");
      }
    }
  }
}
