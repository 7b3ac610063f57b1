package org.postrider.control;

import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.postrider.control.operation.Installation;
import org.postrider.control.operation.Operation;
import org.postrider.control.operation.OperationTable;
import org.postrider.control.operation.Progress;
import org.postrider.control.operation.Refusal;

/**
 * Carries out operations: by the server that runs on the installation, or in this process on the
 * same store when none runs.
 */
public final class ControlClient {
  private static final Duration RETRY = Duration.ofMillis(100);

  private final Installation installation;
  private final ControlLimits limits;

  public ControlClient(Installation installation, ControlLimits limits) {
    this.installation = installation;
    this.limits = limits;
  }

  /**
   * Carries out an operation.
   *
   * @throws Refusal also when neither the server nor the store can be reached
   */
  public <R extends Record> R execute(Operation<R> operation, Progress progress) throws Refusal {
    long deadline = System.nanoTime() + limits.patience().toNanos();
    while (true) {
      Optional<SocketChannel> server = connect();
      if (server.isPresent()) {
        return remote(server.get(), operation, progress);
      }
      @Nullable R reply = local(operation, progress, System.nanoTime() >= deadline);
      if (reply != null) {
        return reply;
      }
      await(RETRY);
    }
  }

  /** Whether a server runs on the installation. */
  public boolean isServerRunning() throws Refusal {
    Optional<SocketChannel> server = connect();
    try {
      if (server.isPresent()) {
        server.get().close();
      }
      return server.isPresent();
    } catch (IOException e) {
      throw unreachable(e);
    }
  }

  private Optional<SocketChannel> connect() throws Refusal {
    try {
      return ControlSocket.connect(installation.data());
    } catch (IOException e) {
      throw unreachable(e);
    }
  }

  private <R extends Record> R remote(
      SocketChannel server, Operation<R> operation, Progress progress) throws Refusal {
    try (LineChannel lines = new LineChannel(server, limits.replyBytesMax())) {
      lines.write(ControlJson.request(operation));
      for (@Nullable String line = lines.read(); line != null; line = lines.read()) {
        switch (ControlJson.readEvent(line)) {
          case ControlJson.Event.Progress(String what, long done, long total) ->
              progress.report(what, done, total);
          case ControlJson.Event.Reply(var reply) -> {
            return ControlJson.readReply(reply, OperationTable.of(operation).reply());
          }
          case ControlJson.Event.Refused(Refusal refusal) -> throw refusal;
        }
      }
    } catch (IOException e) {
      throw unreachable(e);
    }
    throw new Refusal(
        Refusal.Reason.UNAVAILABLE,
        "The server stopped before it answered: look whether it was done, and try again.");
  }

  /**
   * Executes the operation here. Null when the store is in another process's hands, which may be a
   * server that just starts: its socket comes in a moment.
   */
  private <R extends Record> @Nullable R local(
      Operation<R> operation, Progress progress, boolean lastTry) throws Refusal {
    Path data = installation.data();
    if (!operation.startsInstallation() && operation.needsStore()) {
      requireData(data);
    }
    try (LocalAdministration administration = new LocalAdministration(installation)) {
      try {
        return OperationTable.execute(operation, administration, progress);
      } catch (Refusal e) {
        boolean storeBusy = e.reason() == Refusal.Reason.UNAVAILABLE && !administration.isOpen();
        if (!storeBusy || lastTry) {
          throw e;
        }
        return null;
      }
    }
  }

  private static void requireData(Path data) throws Refusal {
    try {
      if (!LocalAdministration.exists(data)) {
        throw new Refusal(
            Refusal.Reason.NOT_FOUND,
            "There is no Postrider data in "
                + data
                + ": name its directory with --data, or begin with `postrider user add`.");
      }
    } catch (AccessDeniedException e) {
      throw new Refusal(
          Refusal.Reason.CANNOT,
          data + " may not be read by this user: run the command as the user that owns it.");
    } catch (IOException e) {
      throw new Refusal(Refusal.Reason.UNAVAILABLE, data + " cannot be read: " + e.getMessage());
    }
  }

  private Refusal unreachable(IOException e) {
    Path socket = installation.data().resolve(ControlSocket.NAME);
    if (Files.exists(socket) && !Files.isWritable(socket)) {
      return new Refusal(
          Refusal.Reason.CANNOT,
          "The server runs as another user: run the command as the user that owns " + socket + ".");
    }
    return new Refusal(
        Refusal.Reason.UNAVAILABLE,
        "The server does not answer on its control socket (" + e.getMessage() + ").");
  }

  private static void await(Duration time) throws Refusal {
    try {
      Thread.sleep(time);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Refusal(Refusal.Reason.UNAVAILABLE, "Interrupted.");
    }
  }
}
