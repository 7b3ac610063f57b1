package org.postrider.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.postrider.control.ByteSize;
import org.postrider.control.operation.BackupCreate;
import org.postrider.control.operation.BackupList;
import org.postrider.control.operation.BackupVerify;
import org.postrider.control.operation.Operation;
import org.postrider.control.operation.SnapshotView;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;

/** {@code postrider backup}. */
@Command(
    name = "backup",
    subcommands = {BackupCommand.ListAll.class, BackupCommand.Verify.class},
    footer = {
      "Examples:",
      "  postrider backup /mnt/backup",
      "  postrider backup /mnt/backup --verify --keep 30",
      "  postrider backup list /mnt/backup",
    })
final class BackupCommand extends Verb<BackupCreate.Reply> {
  private static final String DIRECTORY =
      "The directory of the backup, on another disk if it can be.";

  @Parameters(
      paramLabel = "DIR",
      arity = "0..1",
      description = "The directory of the backup: empty, or one that was used before.")
  private @Nullable Path directory;

  @Option(
      names = "--verify",
      description = "Restore it for a trial (beside it, so there must be room) and compare.")
  private boolean verify;

  @Option(
      names = "--keep",
      paramLabel = "N",
      description = "Let go of all but the last N snapshots; else all are kept.")
  private @Nullable Integer keep;

  @Override
  Operation<BackupCreate.Reply> operation() {
    if (directory == null) {
      throw new ParameterException(
          spec().commandLine(), "Where to? Name the directory of the backup.");
    }
    return new BackupCreate(absolute(directory), verify, keep);
  }

  /** The server has another working directory. */
  static String absolute(Path directory) {
    return directory.toAbsolutePath().normalize().toString();
  }

  @Override
  void print(BackupCreate.Reply reply, PrintWriter out) {
    SnapshotView snapshot = reply.snapshot();
    out.println(
        "Backed up "
            + snapshot.users()
            + " users, "
            + snapshot.messages()
            + " messages, "
            + ByteSize.format(snapshot.bytes())
            + " as "
            + snapshot.name()
            + (reply.verified() ? "; restored for a trial: it is sound." : "."));
    if (!snapshot.unreadable().isEmpty()) {
      out.println(
          "Damaged in the store, so a notice stands for them in the backup: contents "
              + snapshot.unreadable());
    }
    if (!reply.removed().isEmpty()) {
      out.println("Let go: " + String.join(", ", reply.removed()));
    }
  }

  @Command(
      name = "list",
      description = "Show the snapshots of a backup.",
      footer = {"Example:", "  postrider backup list /mnt/backup"})
  @SuppressWarnings("NullAway.Init") // picocli sets the fields
  static final class ListAll extends Verb<BackupList.Reply> {
    @Parameters(paramLabel = "DIR", description = DIRECTORY)
    private Path directory;

    @Override
    Operation<BackupList.Reply> operation() {
      return new BackupList(absolute(directory));
    }

    @Override
    void print(BackupList.Reply reply, PrintWriter out) {
      Table table = new Table("SNAPSHOT", "USERS", "MESSAGES", "SIZE", "UNREADABLE");
      for (SnapshotView snapshot : reply.snapshots()) {
        table.row(
            snapshot.name(),
            snapshot.users(),
            snapshot.messages(),
            ByteSize.format(snapshot.bytes()),
            snapshot.unreadable().size());
      }
      table.print(out, "");
    }
  }

  @Command(
      name = "verify",
      description = "Restore a snapshot for a trial, beside the backup, and compare.",
      footer = {"Example:", "  postrider backup verify /mnt/backup"})
  @SuppressWarnings("NullAway.Init") // picocli sets the fields
  static final class Verify extends Verb<BackupVerify.Reply> {
    @Parameters(paramLabel = "DIR", description = DIRECTORY)
    private Path directory;

    @Option(
        names = "--snapshot",
        paramLabel = "NAME",
        description = "As `backup list` shows it; the last one if none is named.")
    private @Nullable String snapshot;

    @Override
    Operation<BackupVerify.Reply> operation() {
      return new BackupVerify(absolute(directory), snapshot);
    }

    @Override
    void print(BackupVerify.Reply reply, PrintWriter out) {
      out.println("The backup in " + reply.directory() + " is sound.");
    }
  }
}
