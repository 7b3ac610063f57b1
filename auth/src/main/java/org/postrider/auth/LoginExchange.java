package org.postrider.auth;

import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * LOGIN (draft-murchison-sasl-login-00), which some clients know and nothing better: the server
 * asks for the name, then for the password. An initial response is taken as the name.
 */
final class LoginExchange implements SaslExchange {
  private final Authenticator authenticator;
  private final InetAddress peer;
  private @Nullable String login;
  private boolean done;

  LoginExchange(Authenticator authenticator, InetAddress peer) {
    this.authenticator = authenticator;
    this.peer = peer;
  }

  @Override
  public Step start(byte @Nullable [] initialResponse) {
    return initialResponse == null ? SaslText.challenge("Username:") : respond(initialResponse);
  }

  @Override
  public Step respond(byte[] response) {
    String text = SaslText.utf8(response);
    if (done || text == null || text.isEmpty()) {
      done = true;
      return SaslText.malformed();
    }
    if (login == null) {
      login = text;
      return SaslText.challenge("Password:");
    }
    done = true;
    return new Step.Done(authenticator.password(login, text, peer));
  }
}
