package org.postrider.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * A process and its children, as /proc tells of them.
 *
 * @param roots process ids
 */
record ProcessTree(List<Long> roots) {
  /** The kernel's unit of process times. */
  private static final double TICKS_PER_SECOND = 100;

  /** User and system time so far, in seconds, of all that live, and of children that ended. */
  double cpuSeconds() {
    return processes().mapToLong(pid -> ticks(pid, 4)).sum() / TICKS_PER_SECOND;
  }

  /** The same of the roots alone. */
  double ownSeconds() {
    return roots.stream().mapToLong(pid -> ticks(pid, 2)).sum() / TICKS_PER_SECOND;
  }

  /** Resident memory, in octets; pages that processes share count once a process. */
  long residentBytes() {
    return processes().mapToLong(ProcessTree::resident).sum();
  }

  private Stream<Long> processes() {
    return roots.stream()
        .flatMap(pid -> ProcessHandle.of(pid).stream())
        .flatMap(root -> Stream.concat(Stream.of(root), root.descendants()))
        .map(ProcessHandle::pid)
        .distinct();
  }

  /**
   * @param times 2 for user and system time, 4 for those of children that were waited for too
   */
  private static long ticks(long pid, int times) {
    String stat = read(pid, "stat");
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
    long ticks = 0;
    for (int i = 11; i < 11 + times && fields.length > 14; i++) {
      ticks += Long.parseLong(fields[i]);
    }
    return ticks;
  }

  private static long resident(long pid) {
    return read(pid, "status")
        .lines()
        .filter(line -> line.startsWith("VmRSS:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10)
        .sum();
  }

  /** Empty and a blank line for a process that ended between two looks. */
  private static String read(long pid, String file) {
    try {
      return Files.readString(Path.of("/proc", Long.toString(pid), file));
    } catch (IOException e) {
      return ") ";
    }
  }
}
