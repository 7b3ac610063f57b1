package org.postrider.wire;

import java.io.IOException;

/** The server stops. The session says goodbye (421, BYE) and returns. */
public final class ShutdownException extends IOException {
  public ShutdownException(String message) {
    super(message);
  }
}
