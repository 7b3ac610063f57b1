package org.postrider.auth;

/** One SASL authentication (RFC 4422), server side. Base64 and framing are the protocol's. */
public interface SaslExchange {
  /** What to do next. */
  sealed interface Step {
    /** Send this challenge and give the answer to {@link #respond}. */
    record Challenge(byte[] data) implements Step {}

    record Done(AuthOutcome outcome) implements Step {}
  }

  /**
   * Starts. A mechanism in which the client speaks first answers an empty challenge when there is
   * no initial response.
   *
   * @param initialResponse null when the client sent none; empty when it sent {@code =}
   */
  Step start(byte @org.jspecify.annotations.Nullable [] initialResponse);

  /**
   * The client's answer to the last challenge. May block for the throttle. SCRAM's server-final
   * message is sent as a challenge, to which clients answer with an empty response.
   */
  Step respond(byte[] response);
}
