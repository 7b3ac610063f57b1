package org.postrider.smtp.check;

import java.io.IOException;

/** A check could not be made: what its peer said makes no sense, or asks for too much. */
final class CheckException extends IOException {
  private static final long serialVersionUID = 1L;

  CheckException(String message) {
    super(message);
  }
}
