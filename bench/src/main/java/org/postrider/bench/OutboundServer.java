package org.postrider.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.postrider.auth.StoredCredential;
import org.postrider.storage.Store;
import org.postrider.storage.StoreSettings;

/** A Postrider that takes its users' mail and brings it out. */
final class OutboundServer implements AutoCloseable {
  private final Process process;
  private final int port;

  /** What is done with the store before the server starts. */
  @FunctionalInterface
  interface Preparation {
    void prepare(Store store) throws IOException;
  }

  /**
   * @param directory empty
   * @param users who may send
   * @param routes domains and where their mail goes, {@code host:port}
   */
  OutboundServer(
      Path directory,
      int users,
      Map<String, String> routes,
      String heap,
      String javaOptions,
      Preparation preparation)
      throws IOException, InterruptedException {
    try (Store store = Store.open(StoreSettings.inDirectory(directory), Clock.systemUTC())) {
      String credential = StoredCredential.ofPassword(Target.PASSWORD).text();
      for (int i = 0; i < users; i++) {
        store.directory().createAccount(Target.login(i), credential);
      }
      preparation.prepare(store);
    }
    port = Target.freePorts(1).getFirst();
    String map =
        routes.entrySet().stream()
            .map(route -> route.getKey() + "=" + route.getValue())
            .collect(Collectors.joining(","));
    Map<String, String> environment = new LinkedHashMap<>();
    environment.put("POSTRIDER_LISTEN_SUBMISSION", "127.0.0.1:" + port);
    environment.put("POSTRIDER_QUEUE_SEND", "on");
    environment.put("POSTRIDER_QUEUE_ROUTES", map);
    environment.put("POSTRIDER_JAVA_OPTS", "-Xmx" + heap + " " + javaOptions);
    process = Target.start(directory, List.of(), heap, environment);
    try {
      Target.awaitGreeting(process.toHandle(), port);
    } catch (IOException | InterruptedException e) {
      close();
      throw e;
    }
  }

  int port() {
    return port;
  }

  ProcessTree processes() {
    return new ProcessTree(List.of(process.pid()));
  }

  @Override
  public void close() {
    Target.stop(process);
  }
}
