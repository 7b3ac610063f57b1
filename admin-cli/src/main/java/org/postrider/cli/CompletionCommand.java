package org.postrider.cli;

import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code postrider completion}. The script serves zsh too, by its {@code bashcompinit}. */
@Command(
    name = "completion",
    footer = {
      "",
      "Examples:",
      "  source <(postrider completion bash)",
      "  postrider completion bash > /etc/bash_completion.d/postrider"
    })
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class CompletionCommand implements Callable<Integer> {
  /** The shells that can use the script. */
  enum Shell {
    bash,
    zsh
  }

  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "SHELL", description = "bash or zsh.")
  private Shell shell;

  @Override
  public Integer call() {
    spec.commandLine()
        .getOut()
        .println(
            "# Completion of postrider. Load it: source <(postrider completion " + shell + ")");
    spec.commandLine().getOut().print(AutoComplete.bash("postrider", spec.root().commandLine()));
    spec.commandLine().getOut().flush();
    return CommandLineProgram.EXIT_DONE;
  }
}
