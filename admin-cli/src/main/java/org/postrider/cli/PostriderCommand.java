package org.postrider.cli;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.postrider.control.operation.Installation;
import org.postrider.control.operation.Refusal;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The command {@code postrider}, with the options that all others share. */
@Command(
    name = "postrider",
    description = "A mail server suite: SMTP, POP3 and IMAP over one store.",
    synopsisHeading = "Usage: ",
    synopsisSubcommandLabel = "COMMAND",
    descriptionHeading = "%n",
    optionListHeading = "%nOptions:%n",
    commandListHeading = "%nCommands:%n",
    footer = {
      "",
      "Examples:",
      "  postrider try                           a look, all on this machine",
      "  postrider user add alice@example.org    a user, and the domain if it is new",
      "  postrider --data /srv/mail serve        the server, on a data directory",
      "",
      "Commands work with the server up or down.",
      "Exit codes: 0 done, 1 refused, 2 usage.",
    })
@SuppressWarnings("NullAway.Init") // picocli sets the fields
public final class PostriderCommand implements Runnable {
  private final Installations installations;

  @Spec private CommandSpec spec;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      scope = ScopeType.INHERIT,
      description =
          "The installation's data directory; else $$POSTRIDER_DATA, /var/lib/postrider or ./data.")
  private @Nullable Path data;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      scope = ScopeType.INHERIT,
      description = "The configuration; else postrider.yaml in the data directory, if it is there.")
  private @Nullable Path config;

  @Option(names = "--json", scope = ScopeType.INHERIT, description = "Print JSON for scripts.")
  private boolean json;

  PostriderCommand(Installations installations) {
    this.installations = installations;
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "A command is missing.");
  }

  public @Nullable Path data() {
    return data;
  }

  public @Nullable Path config() {
    return config;
  }

  boolean json() {
    return json;
  }

  Installation installation() throws Refusal {
    return installations.load(data, config);
  }
}
