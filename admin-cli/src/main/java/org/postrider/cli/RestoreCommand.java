package org.postrider.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.postrider.control.operation.Operation;
import org.postrider.control.operation.RestoreWhole;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code postrider restore}. */
@Command(
    name = "restore",
    footer = {
      "Examples:",
      "  postrider --data /srv/mail restore /mnt/backup",
      "  postrider restore /mnt/backup --snapshot 2027-03-01T02-00-00Z",
    })
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class RestoreCommand extends Verb<RestoreWhole.Reply> {
  @Parameters(paramLabel = "DIR", description = "The directory of the backup.")
  private Path directory;

  @Option(
      names = "--snapshot",
      paramLabel = "NAME",
      description = "As `backup list` shows it; the last one if none is named.")
  private @Nullable String snapshot;

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
}
