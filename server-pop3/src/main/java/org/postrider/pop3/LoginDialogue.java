package org.postrider.pop3;

import java.io.IOException;
import java.util.Base64;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.postrider.auth.AuthOutcome;
import org.postrider.auth.AuthOutcome.Reason;
import org.postrider.auth.Authenticator;
import org.postrider.auth.SaslContext;
import org.postrider.auth.SaslExchange;
import org.postrider.wire.Connection;
import org.postrider.wire.TlsSession;
import org.postrider.wire.WireInput;

/** AUTH (RFC 5034) on one connection. */
final class LoginDialogue {
  private final Authenticator authenticator;
  private final Connection connection;
  private final int lineBytesMax;

  LoginDialogue(Authenticator authenticator, Connection connection, int lineBytesMax) {
    this.authenticator = authenticator;
    this.connection = connection;
    this.lineBytesMax = lineBytesMax;
  }

  /** What the mechanisms may know of the connection as it is now. */
  SaslContext context() {
    TlsSession tls = connection.tls();
    return new SaslContext(
        "pop3",
        connection.remoteAddress().getAddress(),
        tls != null || connection.isLoopback(),
        tls == null ? null : tls.serverEndPoint(),
        tls == null ? null : tls.exporter());
  }

  /** What came of it: a login's outcome, or the reply for a dialogue that did not get so far. */
  sealed interface Result {
    record Ended(AuthOutcome outcome) implements Result {}

    record Refused(String reply) implements Result {}
  }

  Result run(Pop3Command.Auth auth) throws IOException {
    SaslContext context = context();
    Optional<SaslExchange> exchange = authenticator.exchange(auth.mechanism(), context);
    if (exchange.isEmpty()) {
      return new Result.Refused(context.secure() ? Reply.NO_MECHANISM : Reply.NEEDS_TLS);
    }
    byte[] initial = null;
    if (auth.initialResponse().isPresent()) {
      String given = auth.initialResponse().get();
      initial = decode(given.equals("=") ? "" : given); // RFC 5034 §4: "=" is an empty one
      if (initial == null) {
        return new Result.Refused(Reply.NOT_BASE64);
      }
    }
    SaslExchange.Step step = exchange.get().start(initial);
    while (true) {
      switch (step) {
        case SaslExchange.Step.Done(AuthOutcome outcome) -> {
          return new Result.Ended(outcome);
        }
        case SaslExchange.Step.Challenge(byte[] challenge) -> {
          connection
              .output()
              .writeLatin1("+ " + Base64.getEncoder().encodeToString(challenge) + "\r\n");
          WireInput.Line line = connection.input().readLine(lineBytesMax);
          String text = line.latin1();
          if (text.equals("*")) {
            return new Result.Ended(new AuthOutcome.Failure(Reason.CANCELLED));
          }
          byte[] response = decode(text);
          if (response == null) {
            return new Result.Refused(Reply.NOT_BASE64);
          }
          step = exchange.get().respond(response);
        }
      }
    }
  }

  private static byte @Nullable [] decode(String text) {
    try {
      return Base64.getDecoder().decode(text);
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  static String reply(Reason reason) {
    return switch (reason) {
      case INVALID -> Reply.WRONG_PASSWORD;
      case DISABLED -> Reply.DISABLED;
      case CANCELLED -> Reply.CANCELLED;
      case MALFORMED -> Reply.MALFORMED_SASL;
      case THROTTLED -> Reply.THROTTLED;
      case UNAVAILABLE -> Reply.UNAVAILABLE;
    };
  }
}
