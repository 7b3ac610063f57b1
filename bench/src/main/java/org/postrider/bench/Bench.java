package org.postrider.bench;

import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** The one door to every benchmark and long proof: {@code bench/run NAME [options]}. */
@Command(
    name = "bench/run",
    description = "Benchmarks and long proofs. Each prints a table and, last, one line of JSON.",
    subcommands = {
      DeliveryBench.class,
      AppendBench.class,
      SyncBench.class,
      Pop3Bench.class,
      IdleBench.class,
      StartBench.class,
      CommitBench.class,
      SweepBench.class,
      PowerLossProof.class,
      KillProof.class,
      ContentionProof.class,
      TurnoverBench.class,
      MemoryProof.class,
      LargeStoreBench.class,
      OutboundBench.class
    })
public final class Bench implements Callable<Integer> {
  @Option(names = "--list", description = "Lists what can be run, a line each.")
  private boolean list;

  private Bench() {}

  @Override
  public Integer call() {
    CommandLine line = new CommandLine(this);
    if (!list) {
      line.usage(System.out);
      return 2;
    }
    line.getSubcommands()
        .forEach((name, command) ->
            System.out.printf(
                "%-12s %s%n", name, command.getCommandSpec().usageMessage().description()[0]));
    return 0;
  }

  /** Exit codes: 0 done, 1 failed, 2 usage. */
  public static void main(String[] arguments) {
    CommandLine line = new CommandLine(new Bench());
    line.getCommandSpec()
        .addOption(
            OptionSpec.builder("-h", "--help")
                .type(boolean.class)
                .arity("0")
                .description("Shows the options.")
                .usageHelp(true)
                .scopeType(ScopeType.INHERIT)
                .build());
    line.setExecutionExceptionHandler((exception, command, parsed) -> {
      System.err.println(command.getCommandName() + ": " + exception);
      return 1;
    });
    System.exit(line.execute(arguments));
  }
}
