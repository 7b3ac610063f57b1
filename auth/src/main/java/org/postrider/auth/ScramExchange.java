package org.postrider.auth;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.postrider.auth.ScramClientMessage.ClientFinal;
import org.postrider.auth.ScramClientMessage.ClientFirst;

/**
 * SCRAM-SHA-256 and SCRAM-SHA-256-PLUS (RFC 5802, RFC 7677). The server-final message goes out as a
 * challenge, since not every protocol carries data with its success reply.
 *
 * <p>An account that has an imported hash has no keys to check a proof with; such a login fails
 * like one with a wrong password. A login with PLAIN turns the hash into keys.
 */
final class ScramExchange implements SaslExchange {
  private final Authenticator authenticator;
  private final SaslContext context;
  private final boolean plus;
  private final Supplier<String> serverNonce;
  private State state = new ExpectFirst();

  /** What the client's next message must be. */
  private sealed interface State {}

  private record ExpectFirst() implements State {}

  private record ExpectFinal(
      ClientFirst first,
      Authenticator.Candidate candidate,
      ScramKeys keys,
      String nonce,
      String serverFirst)
      implements State {}

  private record ExpectAcknowledgement(AuthOutcome outcome) implements State {}

  private record Ended() implements State {}

  /**
   * @param serverNonce our part of the nonce: printable ASCII without a comma
   */
  ScramExchange(
      Authenticator authenticator,
      SaslContext context,
      boolean plus,
      Supplier<String> serverNonce) {
    this.authenticator = authenticator;
    this.context = context;
    this.plus = plus;
    this.serverNonce = serverNonce;
  }

  @Override
  public Step start(byte @Nullable [] initialResponse) {
    return initialResponse == null ? SaslText.challenge("") : respond(initialResponse);
  }

  @Override
  public Step respond(byte[] response) {
    String message = SaslText.utf8(response);
    State expected = state;
    state = new Ended();
    if (message == null) {
      return SaslText.malformed();
    }
    return switch (expected) {
      case ExpectFirst() -> first(message);
      case ExpectFinal expectFinal -> last(expectFinal, message);
      case ExpectAcknowledgement(AuthOutcome outcome) ->
          message.isEmpty() ? new Step.Done(outcome) : SaslText.malformed();
      case Ended() -> SaslText.malformed();
    };
  }

  private Step first(String message) {
    ClientFirst first = ScramClientMessage.first(message);
    if (first == null) {
      return SaslText.malformed();
    }
    switch (first.binding()) {
      case ScramClientMessage.Binding.Used(String type) -> {
        if (!plus || bindingData(type) == null) {
          return SaslText.malformed();
        }
      }
      case ScramClientMessage.Binding.NotSupported() -> {
        if (plus) {
          return SaslText.malformed();
        }
      }
      case ScramClientMessage.Binding.NotOffered() -> {
        // RFC 5802 §6: the client believes that we have no channel binding, but we announced it, so
        // somebody between us has taken it out of the list
        if (plus) {
          return SaslText.malformed();
        }
        if (authenticator.mechanisms(context).contains("SCRAM-SHA-256-PLUS")) {
          return SaslText.failure(AuthOutcome.Reason.INVALID);
        }
      }
    }
    Authenticator.Candidate candidate = authenticator.candidate(first.userName());
    if (candidate == null) {
      return SaslText.failure(AuthOutcome.Reason.UNAVAILABLE);
    }
    ScramKeys keys = authenticator.scramKeys(candidate);
    String nonce = first.nonce() + serverNonce.get();
    String serverFirst =
        "r="
            + nonce
            + ",s="
            + Base64.getEncoder().encodeToString(keys.salt())
            + ",i="
            + keys.iterations();
    state = new ExpectFinal(first, candidate, keys, nonce, serverFirst);
    return SaslText.challenge(serverFirst);
  }

  private Step last(ExpectFinal expected, String message) {
    ClientFinal last = ScramClientMessage.last(message);
    if (last == null) {
      return SaslText.malformed();
    }
    byte[] authMessage =
        (expected.first.bare() + "," + expected.serverFirst + "," + last.withoutProof())
            .getBytes(StandardCharsets.UTF_8);
    // one answer for all that may be wrong, and only after the throttle
    AuthOutcome outcome =
        authenticator.attempt(
            expected.candidate,
            expected.first.authorizationId(),
            context.peer(),
            () ->
                constantTimeEquals(last.nonce(), expected.nonce)
                    && MessageDigest.isEqual(last.channelBinding(), expectedBinding(expected.first))
                    && expected.keys.matchesProof(last.proof(), authMessage));
    return switch (outcome) {
      case AuthOutcome.Success success -> {
        state = new ExpectAcknowledgement(success);
        byte[] signature = expected.keys.serverSignature(authMessage);
        yield SaslText.challenge("v=" + Base64.getEncoder().encodeToString(signature));
      }
      case AuthOutcome.Failure failure -> new Step.Done(failure);
    };
  }

  /** RFC 5802 §7: cbind-input is the GS2 header, followed by the data when binding is used. */
  private byte[] expectedBinding(ClientFirst first) {
    ByteArrayOutputStream input = new ByteArrayOutputStream();
    input.writeBytes(first.gs2Header().getBytes(StandardCharsets.UTF_8));
    if (first.binding() instanceof ScramClientMessage.Binding.Used(String type)) {
      byte[] data = bindingData(type);
      if (data != null) {
        input.writeBytes(data);
      }
    }
    return input.toByteArray();
  }

  private byte @Nullable [] bindingData(String type) {
    return switch (type) {
      case "tls-exporter" -> context.exporter();
      case "tls-server-end-point" -> context.serverEndPoint();
      default -> null;
    };
  }

  private static boolean constantTimeEquals(String a, String b) {
    return MessageDigest.isEqual(
        a.getBytes(StandardCharsets.UTF_8), b.getBytes(StandardCharsets.UTF_8));
  }
}
