package org.postrider.smtp.relay;

import java.io.IOException;
import java.io.OutputStream;

/** The octets of a message as a server takes them. */
interface LetterForm {
  /** Octets that go over the wire, dots not doubled. */
  long size();

  /** Writes all of them; can be done again. */
  void writeTo(OutputStream out) throws IOException;
}
