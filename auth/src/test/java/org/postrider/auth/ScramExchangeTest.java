package org.postrider.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.postrider.auth.SaslExchangeTest.bytes;
import static org.postrider.auth.SaslExchangeTest.failed;

import com.ongres.scram.client.ScramClient;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.postrider.auth.AuthOutcome.Reason;
import org.postrider.auth.AuthOutcome.Success;
import org.postrider.auth.SaslExchange.Step;

class ScramExchangeTest {
  private static final List<String> BOTH = List.of("SCRAM-SHA-256", "SCRAM-SHA-256-PLUS");

  private final Accounts accounts = Accounts.standard();
  private final Authenticator authenticator = accounts.authenticator();

  /** RFC 7677 §3. */
  @Test
  void theExampleOfTheRfc() {
    accounts.add(
        7,
        "user",
        new StoredCredential(
            ScramKeys.derive("pencil", Base64.getDecoder().decode("W22ZaJ0SNY7soEsUEjb6gQ=="), 4096)
                .text()),
        true);
    ScramExchange exchange =
        new ScramExchange(
            authenticator, Accounts.LOCAL, false, () -> "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0");
    assertThat(text(exchange.start(bytes("n,,n=user,r=rOprNGfwEbeRWgbNEkqO"))))
        .isEqualTo(
            "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,"
                + "s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096");
    assertThat(
            text(
                exchange.respond(
                    bytes(
                        "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,"
                            + "p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ="))))
        .isEqualTo("v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=");
    assertThat(exchange.respond(new byte[0])).isEqualTo(new Step.Done(new Success(7, "user", "")));
    assertThat(exchange.respond(new byte[0])).isEqualTo(failed(Reason.MALFORMED));
  }

  @ParameterizedTest
  @ValueSource(strings = {"tls-exporter", "tls-server-end-point"})
  void aForeignClientWithChannelBinding(String type) throws Exception {
    byte[] data = type.equals("tls-exporter") ? Accounts.EXPORTER : Accounts.END_POINT;
    ScramClient client = client("alice@example.org", "secret").channelBinding(type, data).build();
    assertThat(client.getScramMechanism().getName()).isEqualTo("SCRAM-SHA-256-PLUS");
    assertThat(run(client, "SCRAM-SHA-256-PLUS", Accounts.TLS))
        .isEqualTo(new Step.Done(new Success(1, "alice@example.org", "")));
  }

  @Test
  void anotherServersChannelBindingFails() throws Exception {
    ScramClient client =
        client("alice@example.org", "secret")
            .channelBinding("tls-exporter", bytes("of a man in the middle"))
            .build();
    assertThat(run(client, "SCRAM-SHA-256-PLUS", Accounts.TLS)).isEqualTo(failed(Reason.INVALID));
  }

  @ParameterizedTest
  @CsvSource({"alice+a=b@example.org,a=b", "Alice@Example.org,''", "'alice+x,y@example.org','x,y'"})
  void aForeignClientWithout(String login, String detail) throws Exception {
    ScramClient client = clientWithoutPlus(login, "secret").build();
    assertThat(run(client, "SCRAM-SHA-256", Accounts.LOCAL))
        .isEqualTo(new Step.Done(new Success(1, "alice@example.org", detail)));
  }

  @Test
  void aForeignClientThatDoesNotKnowChannelBinding() throws Exception {
    ScramClient client = clientWithoutPlus("alice@example.org", "secret").build();
    assertThat(run(client, "SCRAM-SHA-256", Accounts.TLS))
        .isEqualTo(new Step.Done(new Success(1, "alice@example.org", "")));
  }

  @ParameterizedTest
  @CsvSource({
    "alice@example.org,wrong,INVALID",
    "nobody@example.org,secret,INVALID",
    "carol@example.org,carols,INVALID",
    "dora@example.org,doras,DISABLED"
  })
  void failures(String login, String password, Reason reason) throws Exception {
    assertThat(run(clientWithoutPlus(login, password).build(), "SCRAM-SHA-256", Accounts.LOCAL))
        .isEqualTo(failed(reason));
  }

  @Test
  void anImportedHashWorksAfterPlain() throws Exception {
    authenticator.password("carol@example.org", "carols", Accounts.HOME);
    ScramClient client = clientWithoutPlus("carol@example.org", "carols").build();
    assertThat(run(client, "SCRAM-SHA-256", Accounts.LOCAL))
        .isEqualTo(new Step.Done(new Success(3, "carol@example.org", "")));
  }

  @ParameterizedTest
  @CsvSource({"alice@example.org,true", "al@example.org,true", "carol@example.org,false"})
  void anAuthorizationIdentityMayOnlyBeOnesOwn(String authorizationId, boolean right)
      throws Exception {
    ScramClient client =
        clientWithoutPlus("alice@example.org", "secret").authzid(authorizationId).build();
    assertThat(run(client, "SCRAM-SHA-256", Accounts.LOCAL))
        .isEqualTo(
            right
                ? new Step.Done(new Success(1, "alice@example.org", ""))
                : failed(Reason.INVALID));
  }

  /** RFC 5802 §6: somebody took the PLUS mechanism out of the list. */
  @Test
  void aDowngradeIsNoticed() {
    String message = "y,,n=alice@example.org,r=abc";
    assertThat(exchange("SCRAM-SHA-256", Accounts.TLS).start(bytes(message)))
        .isEqualTo(failed(Reason.INVALID));
    assertThat(exchange("SCRAM-SHA-256", Accounts.LOCAL).start(bytes(message)))
        .isInstanceOf(Step.Challenge.class);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "SCRAM-SHA-256-PLUS|n,,n=alice@example.org,r=abc",
        "SCRAM-SHA-256-PLUS|y,,n=alice@example.org,r=abc",
        "SCRAM-SHA-256-PLUS|p=tls-unique,,n=alice@example.org,r=abc",
        "SCRAM-SHA-256|p=tls-exporter,,n=alice@example.org,r=abc",
        "SCRAM-SHA-256|n,,m=ext,n=alice@example.org,r=abc",
        "SCRAM-SHA-256|n,,n=,r=abc",
        "SCRAM-SHA-256|n,,n=alice=2c@example.org,r=abc",
        "SCRAM-SHA-256|n,,n=alice@example.org,r=",
        "SCRAM-SHA-256|n,,n=alice@example.org",
        "SCRAM-SHA-256|n,a=x=1,n=alice@example.org,r=abc",
        "SCRAM-SHA-256|n=alice@example.org,r=abc",
        "SCRAM-SHA-256|''"
      })
  void malformedFirstMessages(String mechanism, String message) {
    assertThat(exchange(mechanism, Accounts.TLS).start(bytes(message)))
        .isEqualTo(failed(Reason.MALFORMED));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "c=biws,r=NONCE,p=short|MALFORMED",
        "c=biws,r=NONCE|MALFORMED",
        "r=NONCE,c=biws,p=PROOF|MALFORMED",
        "c=b%ws,r=NONCE,p=PROOF|MALFORMED",
        "''|MALFORMED",
        "c=biws,r=NONCE,p=PROOF|INVALID",
        "c=biws,r=other,p=PROOF|INVALID",
        "c=eSws,r=NONCE,p=PROOF|INVALID"
      })
  void badFinalMessages(String message, Reason reason) {
    SaslExchange exchange = exchange("SCRAM-SHA-256", Accounts.LOCAL);
    String first = text(exchange.start(bytes("n,,n=alice@example.org,r=abc")));
    String filled =
        message
            .replace("NONCE", first.substring(2, first.indexOf(",s=")))
            .replace("PROOF", "dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=");
    assertThat(exchange.respond(bytes(filled))).isEqualTo(failed(reason));
    assertThat(exchange.respond(bytes(filled))).isEqualTo(failed(Reason.MALFORMED));
  }

  @Test
  void guessesAreSlowed() throws Exception {
    for (int i = 0; i < 3; i++) {
      run(clientWithoutPlus("alice@example.org", "wrong").build(), "SCRAM-SHA-256", Accounts.TLS);
    }
    assertThat(accounts.time.sleptMillis()).isEqualTo(750);
  }

  private SaslExchange exchange(String mechanism, SaslContext context) {
    return authenticator.exchange(mechanism, context).orElseThrow();
  }

  private static com.ongres.scram.client.ScramClient.FinalBuildStage client(
      String login, String password) {
    return ScramClient.builder()
        .advertisedMechanisms(BOTH)
        .username(login)
        .password(password.toCharArray());
  }

  private static com.ongres.scram.client.ScramClient.FinalBuildStage clientWithoutPlus(
      String login, String password) {
    return ScramClient.builder()
        .advertisedMechanisms(List.of("SCRAM-SHA-256"))
        .username(login)
        .password(password.toCharArray());
  }

  private Step run(ScramClient client, String mechanism, SaslContext context) throws Exception {
    SaslExchange exchange = exchange(mechanism, context);
    assertThat(text(exchange.start(null))).isEmpty();
    Step step = exchange.respond(bytes(client.clientFirstMessage().toString()));
    client.serverFirstMessage(text(step));
    step = exchange.respond(bytes(client.clientFinalMessage().toString()));
    if (step instanceof Step.Done) {
      return step;
    }
    client.serverFinalMessage(text(step)); // checks the server's signature
    return exchange.respond(new byte[0]);
  }

  private static String text(Step step) {
    assertThat(step).isInstanceOf(Step.Challenge.class);
    return new String(((Step.Challenge) step).data(), StandardCharsets.UTF_8);
  }
}
