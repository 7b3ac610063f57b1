package org.postrider.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * What one round took.
 *
 * @param seconds wall clock
 * @param serverCpu seconds of CPU of the server
 * @param driverCpu seconds of CPU of this process
 * @param stolen how much of the CPU that the machine wanted its host gave to others, 0 to 1
 */
record Round(double seconds, double serverCpu, double driverCpu, double stolen) {
  /** Something to measure. */
  @FunctionalInterface
  interface Work {
    void run() throws Exception;
  }

  /** Something that each of several clients does at the same time. */
  @FunctionalInterface
  interface ClientWork {
    void run(int client) throws Exception;
  }

  static Round measure(ProcessTree server, Work work) throws Exception {
    double serverBefore = server.cpuSeconds();
    double driverBefore = ownCpu();
    MachineTime before = MachineTime.now();
    long start = System.nanoTime();
    work.run();
    double seconds = (System.nanoTime() - start) / 1e9;
    return new Round(
        seconds,
        server.cpuSeconds() - serverBefore,
        ownCpu() - driverBefore,
        MachineTime.now().stolenSince(before));
  }

  /** Runs the work in as many threads as there are clients; the first failure is thrown. */
  static void parallel(int clients, ClientWork work) throws Exception {
    try (ExecutorService threads = Executors.newFixedThreadPool(clients)) {
      List<Future<?>> running = new ArrayList<>();
      for (int i = 0; i < clients; i++) {
        int client = i;
        running.add(
            threads.submit(
                (Callable<Void>)
                    () -> {
                      work.run(client);
                      return null;
                    }));
      }
      for (Future<?> future : running) {
        future.get();
      }
    } catch (ExecutionException e) {
      throw e.getCause() instanceof Exception cause ? cause : e;
    }
  }

  /** Adds rate and CPU per item to a report. */
  void into(Report report, String what, int items) {
    report.add(what + " per second", items / seconds);
    report.add("server CPU µs per " + what, serverCpu * 1e6 / items);
    report.add("driver CPU µs per " + what, driverCpu * 1e6 / items);
    report.add("% of CPU stolen", stolen * 100);
  }

  private static double ownCpu() {
    return new ProcessTree(List.of(ProcessHandle.current().pid())).ownSeconds();
  }
}
