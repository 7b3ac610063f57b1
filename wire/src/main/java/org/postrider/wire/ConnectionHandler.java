package org.postrider.wire;

import java.io.IOException;

/** A protocol: serves one connection on a virtual thread of its own, from greeting to end. */
@FunctionalInterface
public interface ConnectionHandler {
  /**
   * Serves the connection until it ends; it is flushed and closed on return. Exceptions of the wire
   * ({@link ConnectionClosedException} and its like) may be let through; anything else is logged
   * with the connection's id.
   */
  void handle(Connection connection) throws IOException;
}
