package org.postrider.cli;

import java.io.PrintWriter;
import org.jspecify.annotations.Nullable;
import org.postrider.control.ByteSize;
import org.postrider.control.operation.FolderCreate;
import org.postrider.control.operation.FolderDelete;
import org.postrider.control.operation.FolderList;
import org.postrider.control.operation.FolderRename;
import org.postrider.control.operation.FolderRestore;
import org.postrider.control.operation.FolderSubscribe;
import org.postrider.control.operation.FolderUnsubscribe;
import org.postrider.control.operation.Operation;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code postrider folder}. */
@Command(
    subcommands = {
      FolderCommand.ListAll.class,
      FolderCommand.Create.class,
      FolderCommand.Rename.class,
      FolderCommand.Delete.class,
      FolderCommand.Restore.class,
      FolderCommand.Subscribe.class,
      FolderCommand.Unsubscribe.class
    },
    footer = {"", "Example:", "  postrider folder list alice@example.org"})
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class FolderCommand extends Group {
  private static final String USER = "The user's address.";
  private static final String FOLDER = "The folder; levels are separated by /.";

  @Command(
      name = "list",
      description = "Show a user's folders.",
      footer = {
        "Examples:",
        "  postrider folder list alice@example.org",
        "  postrider folder list alice@example.org --deleted"
      })
  static final class ListAll extends Verb<FolderList.Reply> {
    @Parameters(paramLabel = "USER", description = USER)
    private String user;

    @Option(names = "--deleted", description = "Those that were deleted and can be restored.")
    private boolean deleted;

    @Override
    Operation<FolderList.Reply> operation() {
      return new FolderList(user);
    }

    @Override
    void print(FolderList.Reply reply, PrintWriter out) {
      if (deleted) {
        printDeleted(reply, out);
        return;
      }
      Table table = new Table("FOLDER", "MESSAGES", "UNSEEN", "SIZE", "SUBSCRIBED", "USE");
      for (FolderList.Folder folder : reply.folders()) {
        table.row(
            folder.name(),
            folder.messages(),
            folder.unseen(),
            ByteSize.format(folder.bytes()),
            folder.subscribed() ? "yes" : "no",
            folder.specialUse() == null ? "" : folder.specialUse());
      }
      table.print(out, "");
      if (!reply.subscribedWithoutFolder().isEmpty()) {
        out.println(
            "Subscribed, but not there: " + String.join(", ", reply.subscribedWithoutFolder()));
      }
    }

    private static void printDeleted(FolderList.Reply reply, PrintWriter out) {
      Table table = new Table("FOLDER", "MESSAGES", "SIZE", "DELETED");
      for (FolderList.Deleted folder : reply.deleted()) {
        table.row(
            folder.name(),
            folder.messages(),
            ByteSize.format(folder.bytes()),
            moment(folder.deleted()));
      }
      if (table.isEmpty()) {
        out.println("No deleted folder can be restored.");
      } else {
        table.print(out, "");
      }
    }
  }

  @Command(
      name = "create",
      description = "Create a folder (and those above it) and subscribe to it.",
      footer = {
        "Examples:",
        "  postrider folder create alice@example.org Projects/2027",
        "  postrider folder create alice@example.org Spam --special-use junk"
      })
  static final class Create extends Verb<FolderCreate.Reply> {
    @Parameters(index = "0", paramLabel = "USER", description = USER)
    private String user;

    @Parameters(index = "1", paramLabel = "FOLDER", description = FOLDER)
    private String name;

    @Option(
        names = "--special-use",
        paramLabel = "USE",
        description = "all, archive, drafts, flagged, junk, sent or trash (RFC 6154).")
    private @Nullable String specialUse;

    @Override
    Operation<FolderCreate.Reply> operation() {
      return new FolderCreate(user, name, specialUse);
    }

    @Override
    void print(FolderCreate.Reply reply, PrintWriter out) {
      out.println("Created " + reply.name() + " for " + reply.login() + ".");
    }
  }

  @Command(
      name = "rename",
      description = "Rename a folder with all below it.",
      footer = {"Example:", "  postrider folder rename alice@example.org Projects Work/Projects"})
  static final class Rename extends Verb<FolderRename.Reply> {
    @Parameters(index = "0", paramLabel = "USER", description = USER)
    private String user;

    @Parameters(index = "1", paramLabel = "FROM", description = FOLDER)
    private String from;

    @Parameters(index = "2", paramLabel = "TO", description = "Its new name.")
    private String to;

    @Override
    Operation<FolderRename.Reply> operation() {
      return new FolderRename(user, from, to);
    }

    @Override
    void print(FolderRename.Reply reply, PrintWriter out) {
      out.println("Renamed " + reply.from() + " to " + reply.to() + ".");
    }
  }

  @Command(
      name = "delete",
      description = "Delete a folder; those below it stay.",
      footer = {"Example:", "  postrider folder delete alice@example.org Projects/2019"})
  static final class Delete extends Verb<FolderDelete.Reply> {
    @Parameters(index = "0", paramLabel = "USER", description = USER)
    private String user;

    @Parameters(index = "1", paramLabel = "FOLDER", description = FOLDER)
    private String name;

    @Override
    Operation<FolderDelete.Reply> operation() {
      return new FolderDelete(user, name);
    }

    @Override
    void print(FolderDelete.Reply reply, PrintWriter out) {
      out.println(
          "Deleted "
              + reply.name()
              + "; its messages are kept for "
              + duration(reply.retentionSeconds())
              + ".");
    }
  }

  @Command(
      name = "restore",
      description = "Restore a deleted folder with its messages.",
      footer = {
        "Examples:",
        "  postrider folder restore alice@example.org Projects/2019",
        "  postrider folder restore alice@example.org Projects --to Projects-old"
      })
  static final class Restore extends Verb<FolderRestore.Reply> {
    @Parameters(index = "0", paramLabel = "USER", description = USER)
    private String user;

    @Parameters(index = "1", paramLabel = "FOLDER", description = FOLDER)
    private String name;

    @Option(
        names = "--to",
        paramLabel = "NAME",
        description = "Its new name, when the old one is taken.")
    private @Nullable String to;

    @Override
    Operation<FolderRestore.Reply> operation() {
      return new FolderRestore(user, name, to);
    }

    @Override
    void print(FolderRestore.Reply reply, PrintWriter out) {
      out.println(
          "Restored "
              + reply.name()
              + " with "
              + reply.messages()
              + " messages ("
              + ByteSize.format(reply.bytes())
              + (reply.sameUidValidity()
                  ? ")."
                  : "); mail clients load it anew, since another folder had that name meanwhile."));
    }
  }

  @Command(
      name = "subscribe",
      description = "Subscribe a user to a folder, so that mail clients show it.",
      footer = {"Example:", "  postrider folder subscribe alice@example.org Projects"})
  static final class Subscribe extends Verb<FolderSubscribe.Reply> {
    @Parameters(index = "0", paramLabel = "USER", description = USER)
    private String user;

    @Parameters(index = "1", paramLabel = "FOLDER", description = FOLDER)
    private String name;

    @Override
    Operation<FolderSubscribe.Reply> operation() {
      return new FolderSubscribe(user, name);
    }

    @Override
    void print(FolderSubscribe.Reply reply, PrintWriter out) {
      out.println(reply.login() + " is subscribed to " + reply.name() + ".");
    }
  }

  @Command(
      name = "unsubscribe",
      description = "End a subscription; the folder stays.",
      footer = {"Example:", "  postrider folder unsubscribe alice@example.org Projects"})
  static final class Unsubscribe extends Verb<FolderUnsubscribe.Reply> {
    @Parameters(index = "0", paramLabel = "USER", description = USER)
    private String user;

    @Parameters(index = "1", paramLabel = "FOLDER", description = FOLDER)
    private String name;

    @Override
    Operation<FolderUnsubscribe.Reply> operation() {
      return new FolderUnsubscribe(user, name);
    }

    @Override
    void print(FolderUnsubscribe.Reply reply, PrintWriter out) {
      String was = reply.changed() ? " is no longer subscribed to " : " was not subscribed to ";
      out.println(reply.login() + was + reply.name() + ".");
    }
  }
}
