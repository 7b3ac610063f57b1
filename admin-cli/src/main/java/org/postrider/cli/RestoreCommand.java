package org.postrider.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.postrider.control.operation.Operation;
import org.postrider.control.operation.Refusal;
import org.postrider.control.operation.RestoreUser;
import org.postrider.control.operation.RestoreWhole;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;

/** {@code postrider restore}. */
@Command(
    name = "restore",
    footer = {
      "Without --user, everything is restored, into an empty data directory and with the",
      "server stopped. With it, what is missing comes back while the server runs: what is",
      "there is left alone, and nothing comes twice.",
      "Exit codes: 0 done, 1 something could not be restored.",
      "",
      "Examples:",
      "  postrider --data /srv/mail restore /mnt/backup",
      "  postrider restore /mnt/backup --snapshot 2027-03-01T02-00-00Z",
      "  postrider restore /mnt/backup --user alice@example.org --dry-run",
      "  postrider restore /mnt/backup --user alice@example.org --folder Projects",
    })
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class RestoreCommand extends Verb<RestoreWhole.Reply> {
  private static final int FAILURES_SHOWN = 20;

  @Parameters(paramLabel = "DIR", description = "The directory of the backup.")
  private Path directory;

  @Option(
      names = "--snapshot",
      paramLabel = "NAME",
      description = "As `backup list` shows it; the last one if none is named.")
  private @Nullable String snapshot;

  @Option(
      names = "--user",
      paramLabel = "ADDRESS",
      description = "Bring back what is missing of that user only.")
  private @Nullable String user;

  @Option(
      names = "--folder",
      paramLabel = "NAME",
      description = "Of that folder of the user only, and of those below it.")
  private @Nullable String folder;

  @Option(names = "--dry-run", description = "Only say what would be brought back to the user.")
  private boolean dryRun;

  @Override
  public Integer call() throws Refusal {
    if (user == null) {
      if (folder != null || dryRun) {
        throw new ParameterException(
            spec().commandLine(), "Whose? Name the user with --user alice@example.org.");
      }
      return super.call();
    }
    RestoreUser.Reply report =
        carryOut(
            new RestoreUser(BackupCommand.absolute(directory), snapshot, user, folder, dryRun),
            RestoreCommand::print);
    return report.failed() == 0 ? CommandLineProgram.EXIT_DONE : CommandLineProgram.EXIT_REFUSED;
  }

  @Override
  Operation<RestoreWhole.Reply> operation() {
    return new RestoreWhole(BackupCommand.absolute(directory), snapshot);
  }

  @Override
  void print(RestoreWhole.Reply reply, PrintWriter out) {
    out.println(
        "Restored "
            + reply.users()
            + " users and "
            + reply.messages()
            + " messages into "
            + reply.data()
            + ".");
    if (!reply.damaged().isEmpty()) {
      out.println("Damaged in the backup; a notice stands for each of these messages:");
      reply.damaged().forEach(line -> out.println("  " + line));
    }
  }

  private static void print(RestoreUser.Reply report, PrintWriter out) {
    out.println(
        (report.dryRun() ? "Would restore " : "Restored ")
            + report.restored()
            + " messages of "
            + report.user()
            + " from "
            + report.snapshot()
            + "; "
            + account(report));
    Table table = new Table("FOLDER", "WITH ITS UID", "WITH A NEW UID", "THERE", "FAILED", "");
    report
        .folders()
        .forEach(each ->
            table.row(
                each.name(),
                each.oldUid(),
                each.newUid(),
                each.there(),
                each.failed(),
                remark(each)));
    table.print(out, "");
    report.notes().forEach(out::println);
    if (report.overQuota()) {
      out.println("The user is over quota now, and gets no mail: see `postrider user quota`.");
    }
    printFailures(report, out);
  }

  private static String account(RestoreUser.Reply report) {
    return switch (report.userState()) {
      case THERE -> "the user is there.";
      case BROUGHT_BACK -> "the user was removed and is brought back, with the password of then.";
      case MADE -> "the user was gone and is made anew, with the password of then.";
    };
  }

  private static String remark(RestoreUser.Folder folder) {
    String where =
        switch (folder.into()) {
          case SAME -> folder.now().equals(folder.name()) ? "" : "is " + folder.now() + " now";
          case OTHER -> "another folder has the name";
          case BROUGHT_BACK -> "was deleted and is brought back";
          case NEW -> "made anew";
          case NONE -> "could not be made";
        };
    boolean differs = !folder.sameUidValidity() && folder.into() != RestoreUser.Into.NONE;
    return differs ? where + (where.isEmpty() ? "" : ", ") + "with a new UIDVALIDITY" : where;
  }

  private static void printFailures(RestoreUser.Reply report, PrintWriter out) {
    if (report.failed() > 0) {
      out.println("Not restored:");
    }
    report.failures().stream()
        .limit(FAILURES_SHOWN)
        .forEach(failure ->
            out.println(
                "  "
                    + failure.folder()
                    + (failure.uid() == 0 ? "" : ", UID " + failure.uid())
                    + ": "
                    + failure.why()));
    if (report.failures().size() > FAILURES_SHOWN) {
      out.println("  ... (--json shows up to 1,000)");
    }
  }
}
