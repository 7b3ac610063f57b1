package org.postrider.smtp.relay;

import java.io.IOException;

/** The other server cannot be spoken with; another one, or a later attempt, may do. */
final class PeerException extends IOException {
  private static final long serialVersionUID = 1;

  PeerException(String message) {
    super(message);
  }

  PeerException(String message, Throwable cause) {
    super(message, cause);
  }
}
