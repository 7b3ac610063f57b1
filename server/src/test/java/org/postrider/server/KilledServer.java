package org.postrider.server;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.postrider.control.operation.Service;

/** {@code postrider serve} in a process of its own, on free ports, to be killed. */
final class KilledServer implements AutoCloseable {
  private static final long START_NANOS_MAX = TimeUnit.SECONDS.toNanos(90);
  private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(10);
  private static final Service[] SERVICES = {
    Service.SMTP, Service.SUBMISSION, Service.POP3, Service.IMAP
  };

  private final Process process;
  private final Map<Service, InetSocketAddress> addresses = new EnumMap<>(Service.class);

  /**
   * Starts it and waits until it serves.
   *
   * @param settings more of them, as variables of the environment
   * @throws IOException with what it printed, when it does not
   */
  KilledServer(ServerLaunch launch, Path data, Path log, Map<String, String> settings)
      throws IOException {
    ProcessBuilder builder = launch.of(data);
    for (Service service : Service.values()) {
      builder.environment().put("POSTRIDER_LISTEN_" + service.name(), "off");
    }
    for (Service service : SERVICES) {
      InetSocketAddress address = freePort();
      addresses.put(service, address);
      builder
          .environment()
          .put("POSTRIDER_LISTEN_" + service.name(), "127.0.0.1:" + address.getPort());
    }
    builder.environment().putAll(settings);
    process = builder.redirectErrorStream(true).redirectOutput(log.toFile()).start();
    long deadline = System.nanoTime() + START_NANOS_MAX;
    while (!Files.readString(log).contains("serves as")) {
      if (!process.isAlive() || System.nanoTime() > deadline) {
        close();
        throw new IOException("the server does not start: " + Files.readString(log));
      }
      LockSupport.parkNanos(LOOK_NANOS);
    }
  }

  private static InetSocketAddress freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return new InetSocketAddress(InetAddress.getLoopbackAddress(), socket.getLocalPort());
    }
  }

  InetSocketAddress address(Service service) {
    return Objects.requireNonNull(addresses.get(service));
  }

  /** Whether it ends within ten seconds of SIGTERM, with exit code 0. */
  boolean stop() throws InterruptedException {
    process.destroy();
    return process.waitFor(10, TimeUnit.SECONDS) && process.exitValue() == 0;
  }

  /** Kills it (SIGKILL). */
  void kill() {
    process.destroyForcibly().onExit().join();
  }

  @Override
  public void close() {
    kill();
  }
}
