package org.postrider.server;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.spi.ToolProvider;
import org.postrider.control.operation.Service;

/**
 * How a server starts in a process of its own, in half the time: its classes come out of a cache
 * that one rehearsal fills (JEP 483). The cache wants a class path of jars alone, so directories
 * are packed.
 */
public final class ServerLaunch {
  private static final long REHEARSAL_SECONDS_MAX = 120;
  private static final String HEAP = "-Xmx128m";

  private final List<String> command;

  private ServerLaunch(List<String> command) {
    this.command = command;
  }

  /**
   * Fills a cache with the classes of this process's class path.
   *
   * @param directory for the cache; it must stay as long as servers start
   */
  public static ServerLaunch rehearse(Path directory) throws IOException, InterruptedException {
    Files.createDirectories(directory);
    List<String> elements = new ArrayList<>();
    for (String element : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
      if (Files.isRegularFile(Path.of(element))) {
        elements.add(element);
      } else if (Files.isDirectory(Path.of(element))) {
        elements.add(pack(Path.of(element), directory.resolve(elements.size() + ".jar")));
      }
    }
    String classPath = String.join(File.pathSeparator, elements);
    Path cache = directory.resolve("server.aot");
    Path log = directory.resolve("rehearsal.log");
    ServerLaunch rehearsal = new ServerLaunch(command("-XX:AOTCacheOutput=" + cache, classPath));
    ProcessBuilder builder = rehearsal.of(directory.resolve("data"));
    builder.command().add("--rehearsal");
    for (Service service : Service.values()) {
      builder.environment().put("POSTRIDER_LISTEN_" + service.name(), "127.0.0.1:0");
    }
    Process process = builder.redirectErrorStream(true).redirectOutput(log.toFile()).start();
    try {
      if (!process.waitFor(REHEARSAL_SECONDS_MAX, TimeUnit.SECONDS) || !Files.exists(cache)) {
        throw new IOException("the rehearsal fails: " + Files.readString(log));
      }
    } finally {
      process.destroyForcibly();
    }
    return new ServerLaunch(command("-XX:AOTCache=" + cache, classPath));
  }

  private static String pack(Path classes, Path jar) throws IOException {
    int code =
        ToolProvider.findFirst("jar")
            .orElseThrow()
            .run(
                System.out,
                System.err,
                "--create",
                "--no-compress",
                "--file",
                jar.toString(),
                "-C",
                classes.toString(),
                ".");
    if (code != 0) {
      throw new IOException(classes + " cannot be packed");
    }
    return jar.toString();
  }

  /** A server with a heap of so many megabytes, and of the class path as it is. */
  static ServerLaunch small(int heapMegabytes) {
    List<String> command =
        new ArrayList<>(command("-Xshare:auto", System.getProperty("java.class.path")));
    command.replaceAll(option -> option.equals(HEAP) ? "-Xmx" + heapMegabytes + "m" : option);
    return new ServerLaunch(command);
  }

  private static List<String> command(String cache, String classPath) {
    return List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        cache,
        HEAP,
        "-XX:+UseSerialGC",
        "-XX:TieredStopAtLevel=1",
        "-Xlog:disable",
        "-Xlog:all=error:stderr",
        "--enable-native-access=ALL-UNNAMED",
        "--sun-misc-unsafe-memory-access=allow",
        "-cp",
        classPath);
  }

  /** A server that is to be started on that data. */
  ProcessBuilder of(Path data) {
    List<String> all = new ArrayList<>(command);
    all.addAll(List.of(Postrider.class.getName(), "--data", data.toString(), "serve"));
    return new ProcessBuilder(all);
  }
}
