package org.postrider.imap.session;

import java.io.IOException;
import org.postrider.imap.response.ResponseWriter;

/** The result of a search of which the client wants to hear changes (RFC 5267 §4.3). */
public interface UpdatedResult {
  /** The tag of the command that searched. */
  String tag();

  /** Tells what leaves the result because these messages, which still have numbers, are gone. */
  void expunged(long[] uids, ResponseWriter writer) throws IOException;

  /**
   * Tells what enters or leaves the result because these messages are new or changed.
   *
   * @param arrived those among them that others put into the mailbox
   */
  void changed(long[] uids, long[] arrived, ResponseWriter writer) throws IOException;
}
