package org.postrider.smtp;

import java.io.IOException;
import java.util.Base64;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.postrider.auth.AuthOutcome;
import org.postrider.auth.Authenticator;
import org.postrider.auth.SaslContext;
import org.postrider.auth.SaslExchange;
import org.postrider.auth.SaslExchange.Step;
import org.postrider.wire.Connection;
import org.postrider.wire.LineTooLongException;
import org.postrider.wire.WireInput;

/** One AUTH exchange (RFC 4954 §4): the framing of SASL in SMTP. */
final class AuthDialogue {
  private final Connection connection;
  private final Authenticator authenticator;
  private final int lineMax;

  AuthDialogue(Connection connection, Authenticator authenticator, int lineMax) {
    this.connection = connection;
    this.authenticator = authenticator;
    this.lineMax = lineMax;
  }

  /**
   * Speaks the exchange to its end.
   *
   * @throws SmtpRefusal whenever it does not end with success
   */
  AuthOutcome.Success run(SmtpCommand.Auth command, SaslContext context)
      throws IOException, SmtpRefusal {
    Optional<SaslExchange> found = authenticator.exchange(command.mechanism(), context);
    if (found.isEmpty()) {
      throw new SmtpRefusal(Replies.UNKNOWN_MECHANISM);
    }
    SaslExchange exchange = found.get();
    Step step = exchange.start(initialResponse(command.initialResponse()));
    while (true) {
      switch (step) {
        case Step.Challenge(byte[] data) -> {
          SmtpReply.plain(334, Base64.getEncoder().encodeToString(data))
              .writeTo(connection.output());
          step = exchange.respond(response());
        }
        case Step.Done(AuthOutcome outcome) -> {
          return success(outcome);
        }
      }
    }
  }

  private static AuthOutcome.Success success(AuthOutcome outcome) throws SmtpRefusal {
    return switch (outcome) {
      case AuthOutcome.Success success -> success;
      case AuthOutcome.Failure(AuthOutcome.Reason reason) ->
          throw new SmtpRefusal(
              switch (reason) {
                case INVALID -> Replies.BAD_CREDENTIALS;
                case DISABLED -> Replies.ACCOUNT_DISABLED;
                case CANCELLED -> Replies.AUTHENTICATION_CANCELLED;
                case MALFORMED -> Replies.AUTHENTICATION_MALFORMED;
                case THROTTLED, UNAVAILABLE -> Replies.AUTHENTICATION_UNAVAILABLE;
              });
    };
  }

  private static byte @Nullable [] initialResponse(@Nullable String text) throws SmtpRefusal {
    if (text == null) {
      return null;
    }
    return text.equals("=") ? new byte[0] : decode(text);
  }

  private byte[] response() throws IOException, SmtpRefusal {
    WireInput.Line line;
    try {
      line = connection.input().readLine(lineMax);
    } catch (LineTooLongException e) {
      throw new SmtpRefusal(Replies.AUTHENTICATION_LINE_TOO_LONG);
    }
    if (!line.crlf()) {
      throw new SmtpRefusal(Replies.BARE_LF_IN_COMMAND);
    }
    String text = line.latin1();
    if (text.equals("*")) {
      throw new SmtpRefusal(Replies.AUTHENTICATION_CANCELLED);
    }
    return decode(text);
  }

  private static byte[] decode(String text) throws SmtpRefusal {
    try {
      return Base64.getDecoder().decode(text);
    } catch (IllegalArgumentException e) {
      throw new SmtpRefusal(Replies.BAD_BASE64);
    }
  }
}
