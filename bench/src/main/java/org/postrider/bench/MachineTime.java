package org.postrider.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * CPU time of the whole machine since its start, in ticks (Linux: {@code /proc/stat}). On a virtual
 * machine whose host is busy a rate says little; how much the host withheld says how little.
 *
 * @param busy in which something ran
 * @param stolen in which something would have run, had the host let it
 */
record MachineTime(long busy, long stolen) {
  private static final Path STAT = Path.of("/proc/stat");

  /** The columns of the line {@code cpu}: user, nice, system, irq, softirq. */
  private static final List<Integer> BUSY = List.of(1, 2, 3, 6, 7);

  private static final int STOLEN = 8;

  static MachineTime now() throws IOException {
    long[] columns =
        Arrays.stream(Files.readAllLines(STAT).getFirst().split(" +"))
            .skip(1)
            .mapToLong(Long::parseLong)
            .toArray();
    return new MachineTime(
        BUSY.stream().mapToLong(column -> columns[column - 1]).sum(), columns[STOLEN - 1]);
  }

  /** The share of what was wanted, 0 to 1. */
  double stolenSince(MachineTime before) {
    double withheld = stolen - before.stolen;
    double wanted = busy - before.busy + withheld;
    return wanted == 0 ? 0 : withheld / wanted;
  }
}
