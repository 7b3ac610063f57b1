package org.postrider.control;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.postrider.control.operation.Administration;
import org.postrider.control.operation.Operation;
import org.postrider.control.operation.OperationTable;
import org.postrider.control.operation.Refusal;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Listens on the control socket and executes what comes; a virtual thread per connection. */
public final class ControlServer implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(ControlServer.class);

  private final Administration administration;
  private final ControlLimits limits;
  private final Path data;
  private final ServerSocketChannel listener;
  private final Set<SocketChannel> connections = ConcurrentHashMap.newKeySet();

  private ControlServer(
      Administration administration, ControlLimits limits, ServerSocketChannel listener) {
    this.administration = administration;
    this.limits = limits;
    this.data = administration.installation().data();
    this.listener = listener;
  }

  /** Listens in the data directory, whose store the caller has open. */
  public static ControlServer start(Administration administration, ControlLimits limits)
      throws IOException {
    ControlServer server =
        new ControlServer(
            administration, limits, ControlSocket.bind(administration.installation().data()));
    Thread.ofVirtual().name("control").start(server::accept);
    return server;
  }

  private void accept() {
    while (listener.isOpen()) {
      try {
        SocketChannel connection = listener.accept();
        connections.add(connection);
        Thread.ofVirtual().name("control connection").start(() -> serve(connection));
      } catch (ClosedChannelException e) {
        return;
      } catch (IOException e) {
        log.warn("control: accepting a connection failed", e);
      }
    }
  }

  private void serve(SocketChannel connection) {
    try (LineChannel lines = new LineChannel(connection, limits.requestBytesMax())) {
      if (connections.size() > limits.connectionsMax()) {
        lines.write(
            ControlJson.refusal(
                new Refusal(
                    Refusal.Reason.LIMIT,
                    "Too many commands talk to the server at once: try again.")));
        return;
      }
      for (@Nullable String line = lines.read(); line != null; line = lines.read()) {
        answer(line, lines);
      }
    } catch (IOException | UncheckedIOException e) {
      log.debug("control: a connection ended early: {}", e.getMessage());
    } finally {
      connections.remove(connection);
    }
  }

  private void answer(String line, LineChannel lines) throws IOException {
    String answer;
    try {
      answer = ControlJson.reply(execute(ControlJson.readRequest(line), lines));
    } catch (Refusal e) {
      answer = ControlJson.refusal(e);
    } catch (UncheckedIOException e) {
      throw e;
    } catch (RuntimeException e) {
      log.error("control: an operation failed", e);
      answer =
          ControlJson.refusal(
              new Refusal(
                  Refusal.Reason.UNAVAILABLE,
                  "The server failed to do that, by a fault of its own: its log says more."));
    }
    lines.write(answer);
  }

  private <R extends Record> R execute(Operation<R> operation, LineChannel lines) throws Refusal {
    log.debug("control: {}", OperationTable.of(operation).name());
    return OperationTable.execute(
        operation,
        administration,
        (what, done, total) -> {
          try {
            lines.write(ControlJson.progress(what, done, total));
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
  }

  /** Stops to listen and ends the connections. */
  @Override
  public void close() throws IOException {
    ControlSocket.remove(data);
    listener.close();
    for (SocketChannel connection : connections) {
      connection.close();
    }
  }
}
