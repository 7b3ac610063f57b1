package org.postrider.smtp.check;

import java.io.IOException;

/**
 * Asks a milter about a message (protocol version 6, as libmilter and Postfix speak it). All steps
 * are played back when the message is there whole: so a milter that refuses a recipient, or the
 * connection, refuses the message, and is not heard of messages that are refused before it.
 */
final class MilterCheck implements PeerCheck {
  private final CheckSettings.Milter settings;

  MilterCheck(CheckSettings.Milter settings) {
    this.settings = settings;
  }

  @Override
  public Verdict ask(Candidate candidate) throws IOException {
    try (PeerConnection connection =
        new PeerConnection(settings.address(), settings.limits().timeout())) {
      return new MilterDialogue(new MilterLink(connection), candidate).run();
    }
  }
}
