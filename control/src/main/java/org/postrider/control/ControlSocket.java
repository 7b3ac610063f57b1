package org.postrider.control;

import java.io.IOException;
import java.net.ConnectException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The socket in the data directory.
 *
 * <p>The path of a Unix-domain socket has at most 108 octets (104 on some systems). A longer one is
 * reached through a symbolic link in a private temporary directory, which each side makes for
 * itself and only for the moment of bind or connect: nobody else can put a link there that leads
 * elsewhere.
 */
final class ControlSocket {
  static final String NAME = "control.sock";
  private static final int PATH_BYTES_MAX = 100;

  private ControlSocket() {}

  /**
   * Listens. The caller holds the store, so a socket that is there is left over by a process that
   * died, and is replaced. The socket is made in a private directory and moved to its place with
   * mode 0600: at no moment can another user connect.
   */
  static ServerSocketChannel bind(Path data) throws IOException {
    Path privately = Files.createTempDirectory(data, ".control");
    Path socket = privately.resolve("s");
    ServerSocketChannel channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    try (ShortPath path = ShortPath.of(socket)) {
      channel.bind(UnixDomainSocketAddress.of(path.path()));
      Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString("rw-------"));
      Files.move(socket, data.resolve(NAME), StandardCopyOption.ATOMIC_MOVE);
      return channel;
    } catch (IOException e) {
      channel.close();
      throw e;
    } finally {
      Files.deleteIfExists(socket);
      Files.deleteIfExists(privately);
    }
  }

  /** Connects; empty when nobody listens. */
  static Optional<SocketChannel> connect(Path data) throws IOException {
    Path socket = data.resolve(NAME);
    if (!Files.exists(socket)) {
      return Optional.empty();
    }
    try (ShortPath path = ShortPath.of(socket)) {
      return Optional.of(SocketChannel.open(UnixDomainSocketAddress.of(path.path())));
    } catch (ConnectException e) {
      return Optional.empty(); // left over by a process that died
    }
  }

  static void remove(Path data) throws IOException {
    Files.deleteIfExists(data.resolve(NAME));
  }

  /** A path that is short enough, if need be by a link that goes with {@link #close}. */
  private record ShortPath(Path path, @Nullable Path link) implements AutoCloseable {
    static ShortPath of(Path socket) throws IOException {
      Path absolute = socket.toAbsolutePath();
      if (length(absolute) <= PATH_BYTES_MAX) {
        return new ShortPath(absolute, null);
      }
      Path directory = Files.createTempDirectory("pr");
      Path link = directory.resolve("d");
      Path path = link.resolve(absolute.getFileName());
      if (length(path) > PATH_BYTES_MAX) {
        Files.delete(directory);
        throw new IOException(
            "the path of the control socket is too long for the system ("
                + absolute
                + "), and so is that of the temporary directory: choose a data directory with a"
                + " shorter path");
      }
      Files.createSymbolicLink(link, absolute.getParent());
      return new ShortPath(path, link);
    }

    private static int length(Path path) {
      return path.toString().getBytes(StandardCharsets.UTF_8).length;
    }

    @Override
    public void close() throws IOException {
      if (link != null) {
        Files.delete(link);
        Files.delete(link.getParent());
      }
    }
  }
}
