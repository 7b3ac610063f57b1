package org.postrider.bench;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** How soon a server listens, and how soon the command line answers. */
@Command(name = "start", description = "Time from start to listening, and of --help.")
final class StartBench implements Callable<Integer> {
  @Option(names = "--runs", defaultValue = "9", description = "Rounds, after two to warm up.")
  private int runs;

  @Override
  public Integer call() throws Exception {
    Report report = new Report("start");
    Path directory = Files.createTempDirectory("postrider-bench");
    try {
      for (int run = -1; run <= runs; run++) {
        List<Integer> ports = Target.freePorts(3);
        long start = System.nanoTime();
        Process server = Target.start(directory, ports, "1g");
        for (int port : ports) {
          Target.awaitGreeting(server.toHandle(), port);
        }
        double listening = (System.nanoTime() - start) / 1e9;
        ProcessTree tree = new ProcessTree(List.of(server.pid()));
        double cpu = tree.cpuSeconds();
        double resident = tree.residentBytes() / 1048576.0;
        server.destroy();
        if (!server.waitFor(20, TimeUnit.SECONDS)) {
          server.destroyForcibly();
          throw new IllegalStateException("the server did not stop within 20 seconds");
        }
        double help = help();
        if (run > 0) {
          report.add("listening seconds", listening);
          report.add("CPU seconds until listening", cpu);
          report.add("resident megabytes", resident);
          report.add("--help seconds", help);
        }
      }
    } finally {
      Target.delete(directory);
    }
    report.print();
    return 0;
  }

  private static double help() throws Exception {
    long start = System.nanoTime();
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("postrider.root", "."), "postrider").toString(),
                "--help")
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    if (process.waitFor() != 0) {
      throw new IllegalStateException("--help ended with " + process.exitValue());
    }
    return (System.nanoTime() - start) / 1e9;
  }
}
