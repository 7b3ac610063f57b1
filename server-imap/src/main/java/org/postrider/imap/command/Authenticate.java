package org.postrider.imap.command;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.postrider.auth.AuthOutcome;
import org.postrider.auth.SaslExchange;
import org.postrider.auth.SaslExchange.Step;
import org.postrider.imap.response.Completion;
import org.postrider.imap.response.ResponseCode.Plain;
import org.postrider.imap.session.ImapSession;
import org.postrider.imap.syntax.ImapReader;
import org.postrider.imap.syntax.ImapSyntaxException;

/**
 * AUTHENTICATE (RFC 3501 §6.2.2), with an initial response (RFC 4959).
 *
 * @param initialResponse null when there was none, empty for {@code =}
 */
record Authenticate(String mechanism, byte @Nullable [] initialResponse) implements ImapCommand {
  static Authenticate parse(ImapReader in) throws ImapSyntaxException {
    String mechanism = in.name();
    byte[] initial = null;
    if (in.accept(' ')) {
      StringBuilder base64 = new StringBuilder();
      for (int c = in.peek(); c > ' '; c = in.peek()) {
        base64.append((char) c);
        in.accept((char) c);
      }
      initial = base64.toString().equals("=") ? new byte[0] : decode(base64.toString());
    }
    return new Authenticate(mechanism, initial);
  }

  private static byte[] decode(String base64) throws ImapSyntaxException {
    try {
      return Base64.getDecoder().decode(base64);
    } catch (IllegalArgumentException e) {
      throw new ImapSyntaxException("Not base64");
    }
  }

  @Override
  public Completion execute(ImapSession session) throws IOException, ImapSyntaxException {
    Optional<SaslExchange> exchange =
        session.authenticator().exchange(mechanism, session.saslContext());
    if (exchange.isEmpty()) {
      return session.isSecure()
          ? Completion.no(null, "No such mechanism")
          : Completion.no(Plain.PRIVACYREQUIRED, "No such mechanism, or not without TLS");
    }
    Step step = exchange.get().start(initialResponse);
    while (true) {
      switch (step) {
        case Step.Done(AuthOutcome outcome) -> {
          return Authentication.complete(session, outcome);
        }
        case Step.Challenge(byte[] data) -> {
          session.writer().continuation(Base64.getEncoder().encodeToString(data));
          String line = new String(session.reader().plainLine(), StandardCharsets.ISO_8859_1);
          if (line.equals("*")) {
            return Completion.bad("Authentication cancelled");
          }
          step = exchange.get().respond(decode(line));
        }
      }
    }
  }

  /** Without what the client sent. */
  @Override
  public String toString() {
    return "Authenticate[" + mechanism + "]";
  }
}
