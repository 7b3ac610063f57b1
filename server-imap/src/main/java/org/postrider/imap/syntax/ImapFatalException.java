package org.postrider.imap.syntax;

import java.io.IOException;

/** The session can't go on: it ends with BYE and this message. */
public final class ImapFatalException extends IOException {
  /**
   * @param message a sentence for the client, ASCII, perhaps with a response code before it
   */
  public ImapFatalException(String message) {
    super(message);
  }
}
