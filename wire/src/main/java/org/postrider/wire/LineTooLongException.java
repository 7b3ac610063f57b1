package org.postrider.wire;

import java.io.IOException;

/**
 * A line was longer than its limit; it was skipped, and the session may go on with a coded error.
 */
public final class LineTooLongException extends IOException {
  public LineTooLongException(String message) {
    super(message);
  }
}
