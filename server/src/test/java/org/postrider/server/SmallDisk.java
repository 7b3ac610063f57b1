package org.postrider.server;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.TimeUnit;

/** A small file system in memory, where one may be mounted, that something else fills. */
final class SmallDisk implements AutoCloseable {
  private final Path directory;

  /** Mounts it, or ends the test without a word against it. */
  SmallDisk(Path directory, int megabytes) throws IOException {
    this.directory = directory;
    assumeTrue(
        run("mount", "-t", "tmpfs", "-o", "size=" + megabytes + "m", "none", directory.toString()),
        "a small file system cannot be mounted here; run as root");
  }

  /** Has another program take space until that many octets are left. */
  void fill(long left) throws IOException {
    byte[] octets = new byte[4096];
    try (OutputStream out =
        Files.newOutputStream(
            directory.resolve("other"), StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
      while (Files.getFileStore(directory).getUsableSpace() > left) {
        out.write(octets);
      }
    }
  }

  /** Has the other program give its space back. */
  void empty() throws IOException {
    Files.delete(directory.resolve("other"));
  }

  private static boolean run(String... command) throws IOException {
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    try {
      return process.waitFor(5, TimeUnit.SECONDS) && process.exitValue() == 0;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  @Override
  public void close() throws IOException {
    run("umount", directory.toString());
  }
}
