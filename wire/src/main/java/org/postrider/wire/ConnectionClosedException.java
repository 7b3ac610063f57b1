package org.postrider.wire;

import java.io.IOException;

/** The client has gone, or the connection was closed by us; there is nobody left to answer. */
public class ConnectionClosedException extends IOException {
  public ConnectionClosedException(String message) {
    super(message);
  }
}
