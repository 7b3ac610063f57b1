package org.postrider.imap.session;

import java.io.IOException;
import org.postrider.imap.syntax.IndexRanges;

/** Hears of messages that others put into the mailbox, once the client was told that they are. */
@FunctionalInterface
public interface NewMessages {
  void arrived(IndexRanges which) throws IOException;
}
