package org.postrider.imap.syntax;

/** A command breaks the grammar; it is answered with BAD, and the session goes on. */
public final class ImapSyntaxException extends Exception {
  /**
   * @param message a sentence for the client, ASCII
   */
  public ImapSyntaxException(String message) {
    super(message, null, false, false);
  }
}
