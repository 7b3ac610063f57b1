package org.postrider.smtp.check;

import java.io.IOException;

/** A check that another program makes. */
@FunctionalInterface
interface PeerCheck {
  /**
   * What the program says; changes are made in the candidate only when the message passes.
   *
   * @throws IOException when it can't be asked, or its answer makes no sense
   */
  Verdict ask(Candidate candidate) throws IOException;
}
