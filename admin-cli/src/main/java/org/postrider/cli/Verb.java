package org.postrider.cli;

import java.io.PrintWriter;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.concurrent.Callable;
import java.util.function.BiConsumer;
import org.postrider.control.ControlClient;
import org.postrider.control.ControlJson;
import org.postrider.control.ControlLimits;
import org.postrider.control.PointInTime;
import org.postrider.control.operation.Operation;
import org.postrider.control.operation.Progress;
import org.postrider.control.operation.Refusal;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * A command that carries out an operation and prints its reply.
 *
 * @param <R> the reply
 */
@Command(
    synopsisHeading = "Usage: ",
    descriptionHeading = "%n",
    parameterListHeading = "%n",
    optionListHeading = "%nOptions:%n",
    footerHeading = "%n")
@SuppressWarnings("NullAway.Init") // picocli sets the fields
abstract class Verb<R extends Record> implements Callable<Integer> {
  private static final DateTimeFormatter MOMENT =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss");

  @Spec private CommandSpec spec;

  /** What the arguments ask for. */
  abstract Operation<R> operation() throws Refusal;

  /** Prints the reply for people. */
  abstract void print(R reply, PrintWriter out);

  @Override
  public Integer call() throws Refusal {
    return exitCode(carryOut(operation(), this::print));
  }

  /** Carries out an operation, prints its reply as JSON or by {@code print}, and returns it. */
  <T extends Record> T carryOut(Operation<T> operation, BiConsumer<T, PrintWriter> print)
      throws Refusal {
    T reply = execute(operation);
    PrintWriter out = spec.commandLine().getOut();
    if (root().json()) {
      out.println(ControlJson.text(reply));
    } else {
      print.accept(reply, out);
    }
    out.flush();
    return reply;
  }

  /** What the command exits with when it was carried out. */
  int exitCode(R reply) {
    return CommandLineProgram.EXIT_DONE;
  }

  private <T extends Record> T execute(Operation<T> operation) throws Refusal {
    if (!ProgressLine.isTerminal()) {
      return client().execute(operation, Progress.NONE);
    }
    try (ProgressLine line = new ProgressLine(spec.commandLine().getErr())) {
      return client().execute(operation, line);
    }
  }

  ControlClient client() throws Refusal {
    return new ControlClient(root().installation(), ControlLimits.defaults());
  }

  private PostriderCommand root() {
    return (PostriderCommand) spec.root().userObject();
  }

  CommandSpec spec() {
    return spec;
  }

  /** A time in the past as people write it; what is none is wrong usage. */
  Instant time(String text) {
    try {
      return PointInTime.parse(text, ZonedDateTime.now(ZoneId.systemDefault()));
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage() + ".", e);
    }
  }

  /** A moment for people, in their time zone. */
  static String moment(Instant time) {
    return MOMENT.format(time.atZone(ZoneId.systemDefault()));
  }

  /** A time for people, in the largest unit that fits. */
  static String duration(long seconds) {
    if (seconds >= 2 * 86_400) {
      return seconds / 86_400 + " days";
    }
    return seconds >= 2 * 3600 ? seconds / 3600 + " hours" : seconds / 60 + " minutes";
  }
}
