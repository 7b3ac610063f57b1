package org.postrider.wire;

import java.io.IOException;

/** The client sent nothing for the idle timeout. The session may still say goodbye. */
public final class IdleTimeoutException extends IOException {
  public IdleTimeoutException(String message) {
    super(message);
  }
}
