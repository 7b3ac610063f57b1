package org.postrider.auth;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.postrider.auth.AuthOutcome.Failure;
import org.postrider.auth.AuthOutcome.Reason;
import org.postrider.auth.AuthOutcome.Success;
import org.postrider.auth.SaslExchange.Step;

/** PLAIN and LOGIN. */
class SaslExchangeTest {
  private final Accounts accounts = Accounts.standard();
  private final Authenticator authenticator = accounts.authenticator();

  private SaslExchange exchange(String mechanism) {
    return authenticator.exchange(mechanism, Accounts.TLS).orElseThrow();
  }

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  static Step failed(Reason reason) {
    return new Step.Done(new Failure(reason));
  }

  private static void assertChallenge(Step step, String text) {
    assertThat(step).isInstanceOf(Step.Challenge.class);
    assertThat(((Step.Challenge) step).data()).isEqualTo(bytes(text));
  }

  @ParameterizedTest
  @CsvSource({
    "'',alice@example.org",
    "alice@example.org,alice@example.org",
    "ALICE@example.org,al@example.org",
    "al@example.org,alice@example.org"
  })
  void plain(String authorizationId, String login) {
    Step expected = new Step.Done(new Success(1, "alice@example.org", ""));
    byte[] message = bytes(authorizationId + "\0" + login + "\0secret");
    assertThat(exchange("PLAIN").start(message)).isEqualTo(expected);
    SaslExchange asked = exchange("PLAIN");
    assertChallenge(asked.start(null), "");
    assertThat(asked.respond(message)).isEqualTo(expected);
    assertThat(asked.respond(message)).isEqualTo(failed(Reason.MALFORMED));
  }

  @ParameterizedTest
  @CsvSource({
    "'',MALFORMED",
    "alice@example.org,MALFORMED",
    "_alice@example.org,MALFORMED",
    "_alice@example.org_,MALFORMED",
    "__secret,MALFORMED",
    "_alice@example.org_secret_,MALFORMED",
    "_alice@example.org_wrong,INVALID",
    "carol@example.org_alice@example.org_secret,INVALID",
    "nobody@example.org_alice@example.org_secret,INVALID",
    "_nobody@example.org_secret,INVALID",
    "_dora@example.org_doras,DISABLED"
  })
  void plainFailures(String message, Reason reason) {
    assertThat(exchange("PLAIN").start(bytes(message.replace('_', '\0'))))
        .isEqualTo(failed(reason));
  }

  @Test
  void plainRefusesWhatIsNotUtf8() {
    assertThat(exchange("PLAIN").start(new byte[] {0, 'a', 0, (byte) 0xff}))
        .isEqualTo(failed(Reason.MALFORMED));
    assertThat(exchange("PLAIN").start(new byte[10_000])).isEqualTo(failed(Reason.MALFORMED));
  }

  @Test
  void login() {
    SaslExchange asked = exchange("LOGIN");
    assertChallenge(asked.start(null), "Username:");
    assertChallenge(asked.respond(bytes("alice+box@example.org")), "Password:");
    assertThat(asked.respond(bytes("secret")))
        .isEqualTo(new Step.Done(new Success(1, "alice@example.org", "box")));
    assertThat(asked.respond(bytes("secret"))).isEqualTo(failed(Reason.MALFORMED));

    SaslExchange told = exchange("LOGIN");
    assertChallenge(told.start(bytes("alice@example.org")), "Password:");
    assertThat(told.respond(bytes("wrong"))).isEqualTo(failed(Reason.INVALID));
  }

  @Test
  void loginFailures() {
    SaslExchange noName = exchange("LOGIN");
    noName.start(null);
    assertThat(noName.respond(new byte[0])).isEqualTo(failed(Reason.MALFORMED));
    SaslExchange noPassword = exchange("LOGIN");
    noPassword.start(bytes("alice@example.org"));
    assertThat(noPassword.respond(new byte[0])).isEqualTo(failed(Reason.MALFORMED));
  }
}
