package org.postrider.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.postrider.auth.StoredCredential;
import org.postrider.storage.Store;
import org.postrider.storage.StoreSettings;
import picocli.CommandLine.Option;

/**
 * The server that is measured: a fresh Postrider in a process of its own, or one that already
 * listens on loopback (another mail server, say), which then needs the accounts {@code
 * 0u@bench.test}, {@code 1u@bench.test}, … with password {@code pw}.
 */
final class Target implements AutoCloseable {
  static final String PASSWORD = "pw";
  private static final Duration START_LIMIT = Duration.ofSeconds(60);

  /** Options of every benchmark that needs a server. */
  static final class Options {
    @Option(names = "--smtp", description = "Port of a server that runs already.")
    int smtp;

    @Option(names = "--imap", description = "Port of a server that runs already.")
    int imap;

    @Option(names = "--pop3", description = "Port of a server that runs already.")
    int pop3;

    @Option(names = "--pid", description = "Its processes, for their CPU time.", split = ",")
    List<Long> pids = List.of();

    @Option(
        names = "--heap",
        defaultValue = "1g",
        description = "Heap of the server that is started.")
    String heap = "1g";

    @Option(names = "--keep", description = "Keeps the server's data and says where.")
    boolean keep;
  }

  private final @Nullable Process process;
  private final @Nullable Path directory;
  private final boolean keep;
  private final ProcessTree tree;
  private final int smtp;
  private final int imap;
  private final int pop3;

  private Target(
      @Nullable Process process,
      @Nullable Path directory,
      boolean keep,
      ProcessTree tree,
      int smtp,
      int imap,
      int pop3) {
    this.process = process;
    this.directory = directory;
    this.keep = keep;
    this.tree = tree;
    this.smtp = smtp;
    this.imap = imap;
    this.pop3 = pop3;
  }

  /** Starts a server with that many accounts, or takes the one of the options. */
  static Target open(Options options, int accounts) throws IOException, InterruptedException {
    if (options.smtp + options.imap + options.pop3 > 0) {
      return new Target(
          null,
          null,
          true,
          new ProcessTree(options.pids),
          options.smtp,
          options.imap,
          options.pop3);
    }
    Path directory = Files.createTempDirectory("postrider-bench");
    try (Store store = Store.open(StoreSettings.inDirectory(directory), Clock.systemUTC())) {
      String credential = StoredCredential.ofPassword(PASSWORD).text();
      for (int i = 0; i < accounts; i++) {
        store.directory().createAccount(login(i), credential);
      }
    }
    List<Integer> ports = freePorts(3);
    Process process = start(directory, ports, options.heap);
    Target target =
        new Target(
            process,
            directory,
            options.keep,
            new ProcessTree(List.of(process.pid())),
            ports.get(0),
            ports.get(1),
            ports.get(2));
    try {
      for (int port : ports) {
        awaitGreeting(process.toHandle(), port);
      }
      return target;
    } catch (IOException | InterruptedException e) {
      target.close();
      throw e;
    }
  }

  /**
   * Starts {@code postrider serve} on loopback.
   *
   * @param ports of SMTP, IMAP, POP3 and, if there is a fourth, submission; all else is off
   */
  static Process start(Path directory, List<Integer> ports, String heap) throws IOException {
    return start(directory, ports, heap, Map.of());
  }

  /** The same with other settings, as variables of the environment. */
  static Process start(
      Path directory, List<Integer> ports, String heap, Map<String, String> settings)
      throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("postrider.root", "."), "postrider").toString(),
            "--data",
            directory.toString(),
            "serve");
    Map<String, String> environment = builder.environment();
    environment.put("POSTRIDER_HOSTNAME", "bench.test");
    environment.put("POSTRIDER_JAVA_OPTS", "-Xmx" + heap);
    environment.put("POSTRIDER_LOG_LEVEL", "warn");
    environment.put("POSTRIDER_LIMITS_RECIPIENTS", "100000");
    environment.put("POSTRIDER_QUEUE_SEND", "off");
    List<String> keys = List.of("SMTP", "IMAP", "POP3", "SUBMISSION", "SMTPS", "POP3S", "IMAPS");
    for (int i = 0; i < keys.size(); i++) {
      String where = i < ports.size() ? "127.0.0.1:" + ports.get(i) : "off";
      environment.put("POSTRIDER_LISTEN_" + keys.get(i), where);
    }
    environment.putAll(settings);
    return builder
        .redirectErrorStream(true)
        .redirectOutput(directory.resolve("log").toFile())
        .start();
  }

  /** Waits until the port greets. */
  static void awaitGreeting(ProcessHandle process, int port)
      throws IOException, InterruptedException {
    long deadline = System.nanoTime() + START_LIMIT.toNanos();
    while (true) {
      try (Socket socket = new Socket()) {
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
        socket.setSoTimeout(5000);
        if (socket.getInputStream().read() >= 0) {
          return;
        }
      } catch (IOException e) {
        if (System.nanoTime() > deadline || !process.isAlive()) {
          throw new IOException("the server does not listen on " + port, e);
        }
      }
      if (!process.isAlive()) {
        throw new IOException("the server ended");
      }
      TimeUnit.MILLISECONDS.sleep(2);
    }
  }

  static List<Integer> freePorts(int count) throws IOException {
    List<ServerSocket> sockets = new ArrayList<>();
    List<Integer> ports = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
      sockets.add(socket);
      ports.add(socket.getLocalPort());
    }
    for (ServerSocket socket : sockets) {
      socket.close();
    }
    return ports;
  }

  static String login(int user) {
    return user + "u@bench.test";
  }

  ProcessTree processes() {
    return tree;
  }

  Wire smtp() throws IOException {
    return new Wire(smtp);
  }

  Wire pop3() throws IOException {
    return new Wire(pop3);
  }

  /** An IMAP connection, logged in as that user. */
  ImapLoad imap(int user) throws IOException {
    return new ImapLoad(new Wire(imap), login(user));
  }

  @Override
  public void close() {
    if (process != null) {
      stop(process);
    }
    if (directory != null && !keep) {
      delete(directory);
    } else if (directory != null) {
      System.out.println("data kept in " + directory);
    }
  }

  static void stop(Process process) {
    process.destroy();
    try {
      if (!process.waitFor(20, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }

  static void delete(Path directory) {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      System.err.println("left behind: " + directory + " (" + e.getMessage() + ")");
    }
  }
}
