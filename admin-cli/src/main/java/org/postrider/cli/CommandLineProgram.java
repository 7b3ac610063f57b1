package org.postrider.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.postrider.control.ControlJson;
import org.postrider.control.operation.Refusal;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.UsageMessageSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.UnmatchedArgumentException;

/** Runs a command line. */
public final class CommandLineProgram {
  /** Done. */
  public static final int EXIT_DONE = 0;

  /** Refused, with a sentence on standard error. */
  public static final int EXIT_REFUSED = 1;

  /** The command line is wrong. */
  public static final int EXIT_USAGE = 2;

  private static final String COMPLETION = "completion";

  private CommandLineProgram() {}

  /**
   * Runs a command line on the standard streams.
   *
   * @param more commands besides those of administration
   * @return the exit code
   */
  public static int run(Installations installations, List<Noun> more, String... arguments) {
    PrintWriter out = writer(FileDescriptor.out);
    PrintWriter err = writer(FileDescriptor.err);
    int code = commandLine(installations, more, out, err, arguments).execute(arguments);
    out.flush();
    err.flush();
    return code;
  }

  /** The command line with those of its commands in full that the arguments name. */
  public static CommandLine commandLine(
      Installations installations,
      List<Noun> more,
      PrintWriter out,
      PrintWriter err,
      String... arguments) {
    PostriderCommand root = new PostriderCommand(installations);
    CommandLine commandLine = new CommandLine(root);
    commandLine.getCommandSpec().version("postrider " + installations.version());
    commandLine
        .getCommandSpec()
        .addOption(
            flag("Show this help.", "-h", "--help")
                .usageHelp(true)
                .scopeType(ScopeType.INHERIT)
                .build())
        .addOption(flag("Show the version.", "-V", "--version").versionHelp(true).build());
    List<String> named = List.of(arguments);
    boolean all = named.contains(COMPLETION);
    for (Noun noun : nouns(more)) {
      boolean full = all || named.contains(noun.name());
      CommandSpec spec =
          full ? CommandSpec.forAnnotatedObject(noun.command().get()) : CommandSpec.create();
      spec.name(noun.name());
      UsageMessageSpec usage = spec.usageMessage();
      usage.description(noun.description());
      usage.synopsisHeading("Usage: ");
      usage.descriptionHeading("%n");
      usage.optionListHeading("%nOptions:%n");
      usage.commandListHeading("%nCommands:%n");
      commandLine.addSubcommand(spec);
    }
    commandLine.setOut(out).setErr(err);
    commandLine.setUsageHelpAutoWidth(true);
    commandLine.setParameterExceptionHandler(CommandLineProgram::usage);
    commandLine.setExecutionExceptionHandler(
        (exception, command, parsed) -> failed(exception, root.json(), err));
    return commandLine;
  }

  private static OptionSpec.Builder flag(String description, String... names) {
    return OptionSpec.builder(names).type(boolean.class).arity("0").description(description);
  }

  private static List<Noun> nouns(List<Noun> more) {
    List<Noun> nouns = new ArrayList<>(more);
    nouns.add(new Noun("domain", "The domains that are ours.", DomainCommand::new));
    nouns.add(
        new Noun(
            "user", "The users: each has an address, a password and folders.", UserCommand::new));
    nouns.add(
        new Noun("alias", "Addresses that lead to others; groups; catch-alls.", AliasCommand::new));
    nouns.add(new Noun("folder", "The folders of a user.", FolderCommand::new));
    nouns.add(
        new Noun(
            "message",
            "The messages of a user; what was deleted comes back.",
            MessageCommand::new));
    nouns.add(new Noun("queue", "Mail that waits to be brought out.", QueueCommand::new));
    nouns.add(new Noun("trace", "Tell the whole life of a message.", TraceCommand::new));
    nouns.add(new Noun("backup", "Back the whole store up, while mail flows.", BackupCommand::new));
    nouns.add(
        new Noun(
            "restore", "Restore a backup: all of it, a user or a folder.", RestoreCommand::new));
    nouns.add(
        new Noun("status", "Whether the server runs, and what it holds.", StatusCommand::new));
    nouns.add(
        new Noun(
            "check", "Look for damage in the store, and mend what can be.", CheckCommand::new));
    nouns.add(new Noun("index", "The index that makes searches fast.", IndexCommand::new));
    nouns.add(
        new Noun("compact", "Shrink the store's file, without a server.", CompactCommand::new));
    nouns.add(
        new Noun(
            "config",
            "The effective configuration, with the origin of each value.",
            ConfigCommand::new));
    nouns.add(
        new Noun(
            "reload", "Let the server take certificates and limits anew.", ReloadCommand::new));
    nouns.add(
        new Noun(COMPLETION, "Print the completion script for a shell.", CompletionCommand::new));
    return nouns;
  }

  private static int usage(ParameterException e, String[] arguments) {
    CommandLine command = e.getCommandLine();
    PrintWriter err = command.getErr();
    err.println("postrider: " + e.getMessage());
    if (!UnmatchedArgumentException.printSuggestions(e, err)) {
      err.println(
          "`" + command.getCommandSpec().qualifiedName() + " --help` shows how it is used.");
    }
    err.flush();
    return EXIT_USAGE;
  }

  private static int failed(Exception exception, boolean json, PrintWriter err) throws Exception {
    if (!(exception instanceof Refusal refusal)) {
      throw exception;
    }
    err.println(json ? ControlJson.text(refusal) : "postrider: " + refusal.sentence());
    err.flush();
    return EXIT_REFUSED;
  }

  private static PrintWriter writer(FileDescriptor descriptor) {
    return new PrintWriter(new FileOutputStream(descriptor), false, StandardCharsets.UTF_8);
  }
}
