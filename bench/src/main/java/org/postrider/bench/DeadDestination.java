package org.postrider.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.postrider.storage.ContentWriter;
import org.postrider.storage.Delivery;
import org.postrider.storage.StagedContent;
import org.postrider.storage.Store;

/** How long a message to a live host takes while very many wait for one that is dead. */
final class DeadDestination {
  private static final int AT_ONCE = 100;
  private static final int LIVE = 200;
  private static final long PAUSE_MILLIS = 20;

  private final SmtpSink sink;
  private final int size;
  private final String heap;
  private final String javaOptions;

  DeadDestination(SmtpSink sink, int size, String heap, String javaOptions) {
    this.sink = sink;
    this.size = size;
    this.heap = heap;
    this.javaOptions = javaOptions;
  }

  /** Adds the delays beside no dead mail, beside mail for a closed port, and for a silent one. */
  void measure(Report report, int dead) throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 1000, InetAddress.getLoopbackAddress())) {
      int closed = Target.freePorts(1).getFirst();
      add(report, "nothing waiting", 0, closed);
      add(report, "port closed", dead, closed);
      add(report, "port silent", dead, silent.getLocalPort());
    }
  }

  private void add(Report report, String what, int dead, int deadPort) throws Exception {
    Map<String, String> routes = new LinkedHashMap<>();
    routes.put("dead.test", "127.0.0.1:" + deadPort);
    routes.put("live.test", "127.0.0.1:" + sink.port());
    Path directory = Files.createTempDirectory("postrider-bench");
    try (OutboundServer server =
            new OutboundServer(
                directory, 1, routes, heap, javaOptions, store -> queue(store, dead));
        OutboundClient client = new OutboundClient(server.port(), 0, true)) {
      byte[] text = OutboundClient.text(1, size);
      for (int i = 0; i < LIVE; i++) {
        long before = sink.messages();
        client.send("u" + i + "@live.test", text);
        long accepted = System.nanoTime();
        sink.await(before + 1);
        report.add("delay ms, " + what, (System.nanoTime() - accepted) / 1e6);
        TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
      }
    } finally {
      Target.delete(directory);
    }
  }

  private void queue(Store store, int count) throws IOException {
    byte[] bytes = Corpus.message(0, size);
    for (int done = 0; done < count; done += AT_ONCE) {
      List<Delivery> deliveries = new ArrayList<>();
      for (int i = done; i < Math.min(count, done + AT_ONCE); i++) {
        try (ContentWriter writer = store.contents().write()) {
          writer.write(bytes, 0, bytes.length);
          StagedContent content = writer.finish();
          deliveries.add(
              new Delivery(
                  content,
                  Target.login(0),
                  List.of(),
                  List.of(new Delivery.Remote("u" + i + "@dead.test")),
                  "",
                  1,
                  "bench",
                  null));
        }
      }
      store.queue().deliver(deliveries);
      deliveries.forEach(delivery -> delivery.content().close());
    }
  }
}
