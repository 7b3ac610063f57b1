package org.postrider.auth;

import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/** PLAIN (RFC 4616): {@code [authzid] NUL authcid NUL passwd}. */
final class PlainExchange implements SaslExchange {
  private final Authenticator authenticator;
  private final InetAddress peer;
  private boolean done;

  PlainExchange(Authenticator authenticator, InetAddress peer) {
    this.authenticator = authenticator;
    this.peer = peer;
  }

  @Override
  public Step start(byte @Nullable [] initialResponse) {
    return initialResponse == null ? SaslText.challenge("") : respond(initialResponse);
  }

  @Override
  public Step respond(byte[] response) {
    String message = SaslText.utf8(response);
    if (done || message == null) {
      return SaslText.malformed();
    }
    done = true;
    String[] parts = message.split("\0", -1);
    if (parts.length != 3 || parts[1].isEmpty() || parts[2].isEmpty()) {
      return SaslText.malformed();
    }
    return new Step.Done(authenticator.password(parts[0], parts[1], parts[2], peer));
  }
}
