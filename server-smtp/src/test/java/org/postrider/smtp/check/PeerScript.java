package org.postrider.smtp.check;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A peer on loopback that plays a script with the first who connects. */
public final class PeerScript implements AutoCloseable {
  /** What it reads and says. */
  @FunctionalInterface
  public interface Script {
    void play(DataInputStream in, DataOutputStream out) throws IOException;
  }

  private final ServerSocket listener;
  private final CompletableFuture<Void> played = new CompletableFuture<>();

  public PeerScript(Script script) throws IOException {
    listener = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
    Thread.ofVirtual()
        .start(() -> {
          try (Socket socket = listener.accept();
              DataInputStream in = new DataInputStream(socket.getInputStream());
              DataOutputStream out = new DataOutputStream(socket.getOutputStream())) {
            socket.setSoTimeout(10_000);
            script.play(in, out);
            out.flush();
            played.complete(null);
          } catch (IOException | RuntimeException | AssertionError e) {
            played.completeExceptionally(e);
          }
        });
  }

  public PeerAddress address() {
    return new PeerAddress.Tcp("127.0.0.1", listener.getLocalPort());
  }

  /** Waits until the script was played to its end; throws what it threw. */
  public void played() throws InterruptedException, ExecutionException, TimeoutException {
    played.get(10, TimeUnit.SECONDS);
  }

  @Override
  public void close() throws IOException {
    listener.close();
  }
}
