package org.postrider.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** A noun that is nothing without a verb. */
@Command
@SuppressWarnings("NullAway.Init") // picocli sets the fields
abstract class Group implements Runnable {
  @Spec private CommandSpec spec;

  @Override
  public void run() {
    String verbs = String.join(", ", spec.subcommands().keySet());
    throw new ParameterException(
        spec.commandLine(),
        "What is to be done with a " + spec.name() + "? One of: " + verbs + ".");
  }
}
