package org.postrider.auth;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** What the mechanisms share: limits, strict UTF-8, the steps that end an exchange. */
final class SaslText {
  /** Longest message of a client in octets; SCRAM's with channel binding take a few hundred. */
  static final int MESSAGE_MAX = 8192;

  private SaslText() {}

  /** The text, or null when the octets are too many or not UTF-8. */
  static @Nullable String utf8(byte[] octets) {
    if (octets.length > MESSAGE_MAX) {
      return null;
    }
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(octets)).toString();
    } catch (CharacterCodingException e) {
      return null;
    }
  }

  static SaslExchange.Step challenge(String text) {
    return new SaslExchange.Step.Challenge(text.getBytes(StandardCharsets.UTF_8));
  }

  static SaslExchange.Step failure(AuthOutcome.Reason reason) {
    return new SaslExchange.Step.Done(new AuthOutcome.Failure(reason));
  }

  static SaslExchange.Step malformed() {
    return failure(AuthOutcome.Reason.MALFORMED);
  }
}
