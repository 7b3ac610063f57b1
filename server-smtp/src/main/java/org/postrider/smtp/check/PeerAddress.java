package org.postrider.smtp.check;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;

/** Where a check's peer listens. */
public sealed interface PeerAddress {
  /** A TCP port. */
  record Tcp(String host, int port) implements PeerAddress {
    @Override
    public SocketAddress resolve() throws IOException {
      InetSocketAddress address = new InetSocketAddress(host, port);
      if (address.isUnresolved()) {
        throw new UnknownHostException("there is no address of the name " + host);
      }
      return address;
    }

    @Override
    public String toString() {
      return host + ":" + port;
    }
  }

  /** A Unix-domain socket. */
  record Unix(Path path) implements PeerAddress {
    @Override
    public SocketAddress resolve() {
      return UnixDomainSocketAddress.of(path);
    }

    @Override
    public String toString() {
      return "unix:" + path;
    }
  }

  /** The address to connect to. @throws IOException when there is none of that name */
  SocketAddress resolve() throws IOException;
}
